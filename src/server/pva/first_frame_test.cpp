#include "server/pva/first_frame.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

namespace iochron::server::pva {
namespace {

TEST(FirstFrameTest, IsKeptForJustThatGroupAndSample)
{
    const std::array frame = {std::byte{1}, std::byte{2}};
    const std::string hot = "hot";
    const std::string cold = "cold";
    pv::Meta meta;
    pv::Meta other_meta;
    Group group;
    group.stream = 3;
    pv::Sample sample;
    sample.value = pv::Value::of(1.5);
    sample.meta = &meta;
    sample.message = &hot;
    FirstFrame kept;
    EXPECT_TRUE(kept.find(group, sample).empty());
    kept.keep(group, sample, frame);
    EXPECT_EQ(kept.find(group, sample).size(), frame.size());

    const std::vector<std::function<void(Group&, pv::Sample&)>> changes = {
        [](Group& g, pv::Sample&) { g.stream = 4; },
        [](Group& g, pv::Sample&) { g.count = 1; },
        [](Group&, pv::Sample& s) { s.value = pv::Value::of(2.5); },
        [](Group&, pv::Sample& s) { s.value = pv::Value::of(std::int32_t{1}); },
        [](Group&, pv::Sample& s) { s.time.ns = 7; },
        [](Group&, pv::Sample& s) { s.alarm.severity = pv::Severity::minor; },
        [](Group&, pv::Sample& s) { s.user_tag = 1; },
        [&](Group&, pv::Sample& s) { s.meta = &other_meta; },
        [&](Group&, pv::Sample& s) { s.message = &cold; },
        [](Group&, pv::Sample& s) { s.message = nullptr; },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Group changed_group = group;
        pv::Sample changed = sample;
        changes[i](changed_group, changed);
        EXPECT_TRUE(kept.find(changed_group, changed).empty()) << i;
    }
    kept.forget();
    EXPECT_TRUE(kept.find(group, sample).empty());
}

} // namespace
} // namespace iochron::server::pva
