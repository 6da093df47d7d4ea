#include "server/ca/ids_in_use.h"

#include <gtest/gtest.h>

namespace iochron::server::ca {
namespace {

TEST(IdsInUse, TellsWhichAreShared)
{
    IdsInUse ids;
    EXPECT_FALSE(ids.add(7));
    EXPECT_FALSE(ids.add(71));
    EXPECT_FALSE(ids.add(0xFFFFFFFF));
    EXPECT_TRUE(ids.add(7));
    EXPECT_TRUE(ids.add(7));
    EXPECT_FALSE(ids.remove(71));
    EXPECT_FALSE(ids.remove(7));
    EXPECT_FALSE(ids.remove(7)); // one has it still, but its updates may wait among those of the others
    EXPECT_TRUE(ids.add(7));
    EXPECT_FALSE(ids.remove(7));
    EXPECT_TRUE(ids.remove(7));
    EXPECT_FALSE(ids.add(7)); // as if it were new
    EXPECT_FALSE(ids.add(71));
}

} // namespace
} // namespace iochron::server::ca
