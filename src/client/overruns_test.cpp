#include "client/overruns.h"

#include "pv/normative.h"
#include "pv/structure.h"

#include <gtest/gtest.h>

namespace iochron::client {
namespace {

pv::BitSet marks(const pv::TypeRef& type, std::initializer_list<std::string_view> paths)
{
    pv::BitSet set;
    for (const std::string_view path : paths) {
        set.set(*type->find(path));
    }
    return set;
}

TEST(Overruns, AreCountedByField)
{
    const pv::TypeRef type = pv::nt_scalar(pv::ScalarType::float64);
    OverrunCount count;
    count.add(type, marks(type, {"value"}));
    count.add(type, marks(type, {"value", "alarm.severity"}));
    const Overruns overruns = count.so_far();
    EXPECT_EQ(overruns.updates, 2u);
    EXPECT_EQ(overruns.fields, (std::vector<Overruns::Field>{{"value", 2}, {"alarm.severity", 1}}));
}

TEST(Overruns, TheMarkOfAStructureStandsForAllThatItHolds)
{
    const pv::TypeRef type = pv::nt_scalar(pv::ScalarType::float64);
    OverrunCount count;
    count.add(type, marks(type, {"alarm"}));
    EXPECT_EQ(count.so_far().fields,
              (std::vector<Overruns::Field>{{"alarm.severity", 1}, {"alarm.status", 1}, {"alarm.message", 1}}));
    OverrunCount whole;
    whole.add(type, marks(type, {""}));
    EXPECT_EQ(whole.so_far().fields.front().name, "value");
    EXPECT_EQ(whole.so_far().fields.size(), pv::leaves(*type).count());
}

TEST(Overruns, OfFieldsThatAreNotThereMeanNothing)
{
    const pv::TypeRef type = pv::nt_scalar(pv::ScalarType::float64);
    pv::BitSet set;
    set.set(5000);
    OverrunCount count;
    count.add(type, set);
    EXPECT_EQ(count.so_far().updates, 1u);
    EXPECT_TRUE(count.so_far().fields.empty());
}

TEST(Overruns, GoOnWhenThePvComesBackAsAnotherType)
{
    const pv::TypeRef number = pv::nt_scalar(pv::ScalarType::float64);
    const pv::TypeRef choice = pv::nt_enum();
    OverrunCount count;
    count.add(number, marks(number, {"value", "alarm.status"}));
    count.add(choice, marks(choice, {"value.index", "alarm.status"}));
    EXPECT_EQ(count.so_far().updates, 2u);
    EXPECT_EQ(count.so_far().fields,
              (std::vector<Overruns::Field>{{"value", 1}, {"alarm.status", 2}, {"value.index", 1}}));
}

} // namespace
} // namespace iochron::client
