#include "pv/value.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace iochron::pv {
namespace {

TEST(Value, ANumberKeepsItsTypeAndNeedsNoBuffer)
{
    const Value value = Value::of(-2.5);
    EXPECT_EQ(value.type(), ScalarType::float64);
    EXPECT_EQ(value.count(), 1u);
    EXPECT_EQ(value.get<double>(), -2.5);
    EXPECT_EQ(Value::of(std::int16_t{-7}).as_double(), -7.0);
    EXPECT_EQ(Value::enumeration(3).as_double(), 3.0);
    EXPECT_TRUE(Value{}.empty());
    EXPECT_EQ(Value{}.count(), 0u);
}

TEST(Value, CopiesShareTheElements)
{
    const std::array<double, 3> numbers = {1, 2, 3};
    const Value a = Value::array_of<double>(numbers);
    const Value b = a;
    EXPECT_EQ(a.bytes().data(), b.bytes().data());
    EXPECT_EQ(b.elements<double>()[2], 3.0);
    EXPECT_EQ(a, b);
    EXPECT_FALSE(a == Value::of(1.0));
}

TEST(Value, TextAndTextArrays)
{
    const Value text = Value::of("Hello");
    EXPECT_EQ(text.text(), "Hello");
    EXPECT_EQ(Value::of(std::string_view{}).text(), "");
    const std::vector<std::string> words = {"Off", "", "Moving"};
    const Value array = Value::string_array(words);
    ASSERT_EQ(array.count(), 3u);
    EXPECT_EQ(array.text_at(0), "Off");
    EXPECT_EQ(array.text_at(1), "");
    EXPECT_EQ(array.text_at(2), "Moving");
    EXPECT_EQ(array, Value::string_array(words));
}

TEST(BufferPool, ReusesABufferOnlyWhenNobodyReadsIt)
{
    BufferPool pool(2);
    BufferRef first = pool.take(100);
    const Buffer* const address = first.get();
    const BufferRef second = pool.take(100);
    EXPECT_NE(second.get(), address);
    first = BufferRef{};
    EXPECT_EQ(pool.take(50).get(), address);
}

} // namespace
} // namespace iochron::pv
