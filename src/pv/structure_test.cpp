#include "pv/structure.h"

#include "base/problem.h"

#include <gtest/gtest.h>

namespace iochron::pv {
namespace {

TypeRef alarm()
{
    return structure("alarm_t", {{"severity", scalar(ScalarType::int32)},
                                 {"status", scalar(ScalarType::int32)},
                                 {"message", scalar(ScalarType::string)}});
}

TypeRef point()
{
    return structure(
        "point", {{"value", scalar(ScalarType::float64)},
                  {"alarm", alarm()},
                  {"names", array(ScalarType::string)},
                  {"either", choice("", {{"number", scalar(ScalarType::int32)}, {"text", scalar(ScalarType::string)}})},
                  {"anything", any_type()},
                  {"list", structure_array(alarm())}});
}

TEST(Type, NumbersFieldsAsTheWireDoes)
{
    const TypeRef type = point();
    ASSERT_EQ(type->fields().size(), 10u);
    EXPECT_EQ(type->find(""), 0u);
    EXPECT_EQ(type->find("alarm"), 2u);
    EXPECT_EQ(type->find("alarm.message"), 5u);
    EXPECT_EQ(type->find("names"), 6u);
    EXPECT_EQ(type->find("list"), 9u);
    EXPECT_EQ(type->find("list.severity"), std::nullopt);
    EXPECT_EQ(type->find("alarm.nothing"), std::nullopt);
    EXPECT_EQ(type->path(5), "alarm.message");
    EXPECT_EQ(type->fields()[2].end, 6u);
    EXPECT_EQ(type->fields()[5].parent, 2u);
}

TEST(Type, ComparesDeeply)
{
    EXPECT_EQ(*point(), *point());
    EXPECT_FALSE(*alarm() == *structure("", {}));
    EXPECT_FALSE(*bounded_string(4) == *scalar(ScalarType::string));
}

TEST(Type, RefusesEndlessNesting)
{
    TypeRef type = structure("", {});
    for (std::size_t i = 1; i < Type::max_depth; ++i) {
        type = structure("", {{"inner", type}});
    }
    EXPECT_THROW((void)structure("", {{"inner", type}}), base::Problem);
    EXPECT_THROW((void)choice("", {{"inner", structure_array(type)}}), base::Problem);
}

TEST(Structure, BeginsAtDefaultsWithNothingMarked)
{
    const Structure value(point());
    EXPECT_EQ(value.find("value")->get<double>(), 0);
    EXPECT_EQ(value.find("alarm.message")->text(), "");
    EXPECT_EQ(value.find("names")->count(), 0u);
    EXPECT_TRUE(value.find("either")->empty());
    EXPECT_TRUE(value.marked().none());
}

TEST(Structure, SetConvertsAndMarks)
{
    Structure value(point());
    EXPECT_TRUE(value.set("value", "1.5").ok());
    EXPECT_TRUE(value.set("alarm.severity", 2.0).ok());
    EXPECT_EQ(value.find("value")->get<double>(), 1.5);
    EXPECT_EQ(value.find("alarm.severity")->get<std::int32_t>(), 2);
    EXPECT_TRUE(value.is_marked(1));
    EXPECT_TRUE(value.is_marked(2));
    EXPECT_TRUE(value.marked().test(3));
    EXPECT_FALSE(value.marked().test(2)) << "a structure inside is never marked itself";
    EXPECT_FALSE(value.is_marked(6));
}

TEST(Structure, SetRefusesWithThePath)
{
    Structure value(point());
    EXPECT_EQ(value.set("value", "abc").text.substr(0, 7), "value: ");
    EXPECT_EQ(value.set("names", 1).text, "names: string[] is wanted, not a scalar");
    EXPECT_EQ(value.set("alarm", 1).text, "alarm: alarm_t is wanted, not a scalar");
    EXPECT_FALSE(value.set("nothing", 1).ok());
    EXPECT_TRUE(value.marked().none());
}

TEST(Structure, AUnionTakesTheMemberThatFits)
{
    Structure value(point());
    ASSERT_TRUE(value.set("either", "word").ok());
    EXPECT_EQ(value.find("either")->choice()->selected, 1u);
    ASSERT_TRUE(value.set("either", std::int16_t{7}).ok());
    EXPECT_EQ(value.find("either")->choice()->selected, 0u);
    EXPECT_EQ(value.find("either")->choice()->value.get<std::int32_t>(), 7);
}

TEST(Structure, AnAnyKeepsTheTypeItWasGiven)
{
    Structure value(point());
    ASSERT_TRUE(value.set("anything", 1.5F).ok());
    EXPECT_EQ(*value.find("anything")->any()->type, *scalar(ScalarType::float32));
}

TEST(Structure, PartsAndWholes)
{
    Structure inner(alarm());
    ASSERT_TRUE(inner.set("message", "hot").ok());
    Structure value(point());
    ASSERT_TRUE(value.set("alarm", Value::of(inner)).ok());
    EXPECT_EQ(value.marked().count(), 1u) << "only what was marked in the part";
    const Structure part = value.part(2);
    EXPECT_EQ(part, inner);
    EXPECT_TRUE(part.marked().test(3));
    ASSERT_TRUE(value.set("list", Value::compounds({Value::of(inner), Value{}})).ok());
    EXPECT_EQ(*(*value.find("list")->compounds())[0].structure(), inner);
}

TEST(Structure, APartIsSetWholeOrNotAtAll)
{
    Structure other(structure("", {{"severity", scalar(ScalarType::int32)}, {"message", array(ScalarType::int8)}}));
    ASSERT_TRUE(other.set("severity", 3).ok());
    other.mark_all();
    Structure value(point());
    EXPECT_FALSE(value.set("alarm", Value::of(other)).ok());
    EXPECT_EQ(value.find("alarm.severity")->get<std::int32_t>(), 0);
}

TEST(Structure, MergeTakesMarkedFieldsOnly)
{
    Structure value(point());
    Structure update(point());
    ASSERT_TRUE(value.set("value", 1.0).ok());
    ASSERT_TRUE(update.set("alarm.status", 5).ok());
    value.merge(update);
    EXPECT_EQ(value.find("value")->get<double>(), 1);
    EXPECT_EQ(value.find("alarm.status")->get<std::int32_t>(), 5);
    EXPECT_EQ(value.marked().count(), 2u);
}

TEST(BitSet, BeyondOneWord)
{
    BitSet bits;
    bits.set(3);
    bits.set(64);
    bits.set(200);
    EXPECT_EQ(bits.end(), 201u);
    EXPECT_EQ(bits.count(), 3u);
    EXPECT_EQ(bits.next(4), 64u);
    EXPECT_EQ(bits.next(201), BitSet::none_left);
    BitSet few;
    few.set(3);
    EXPECT_FALSE(bits == few);
    bits &= few;
    EXPECT_TRUE(bits == few) << "zero words do not matter";
}

} // namespace
} // namespace iochron::pv
