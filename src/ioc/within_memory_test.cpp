#include "ioc/within_memory.h"

#include <gtest/gtest.h>

namespace iochron::ioc {
namespace {

TEST(WithinMemory, UnsentOutputTakesAQuarterOfALittleMemory)
{
    EXPECT_EQ(within_memory({}, 1u << 30).process_output_bytes, 256u << 20);
}

TEST(WithinMemory, MuchMemoryDoesNotRaiseTheLimit)
{
    base::Limits limits;
    limits.process_output_bytes = 100;
    EXPECT_EQ(within_memory(limits, std::size_t{64} << 30).process_output_bytes, 100u);
}

} // namespace
} // namespace iochron::ioc
