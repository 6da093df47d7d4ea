#include "db/deadband.h"
#include "db/rig.h"

#include <limits>

using namespace std::chrono_literals;
using iochron::db::exceeds_deadband;
using iochron::db::Rig;
using iochron::pv::Mask;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

} // namespace

TEST(Deadband, LetsThroughWhatIsFurtherAwayThanTheBand)
{
    double last = 1;
    EXPECT_FALSE(exceeds_deadband(last, 1, 0)) << "no change";
    EXPECT_FALSE(exceeds_deadband(last, 1.5, 0.5)) << "on the edge";
    EXPECT_TRUE(exceeds_deadband(last, 1.6, 0.5));
    EXPECT_EQ(last, 1.6);
    EXPECT_TRUE(exceeds_deadband(last, 1.6, -1)) << "a negative band posts always";
}

TEST(Deadband, KnowsNaNAndInfinities)
{
    struct Case {
        double from;
        double to;
        bool posts;
    };
    for (const auto& [from, to, posts] :
         {Case{0, not_a_number, true}, Case{not_a_number, 0, true}, Case{not_a_number, not_a_number, false},
          Case{0, inf, true}, Case{inf, inf, false}, Case{inf, -inf, true}, Case{inf, not_a_number, true},
          Case{-1e308, 1e308, true}}) {
        double last = from;
        EXPECT_EQ(exceeds_deadband(last, to, 0), posts) << from << " to " << to;
    }
}

TEST(Alarm, GoesByTheLimitsAndComesBackBehindTheHysteresis)
{
    Rig rig;
    rig.record("ai", "AI",
               {{"HIHI", "20"},
                {"HIGH", "10"},
                {"LOW", "-10"},
                {"LOLO", "-20"},
                {"HYST", "2"},
                {"HHSV", "MAJOR"},
                {"HSV", "MINOR"},
                {"LSV", "MINOR"},
                {"LLSV", "INVALID"}});
    rig.start();
    const auto alarm = [&](double value) {
        rig.put("AI", value);
        return fmt::format("{}/{}", rig.text("AI.STAT"), rig.text("AI.SEVR"));
    };
    EXPECT_EQ(alarm(0), "NO_ALARM/NO_ALARM");
    EXPECT_EQ(alarm(10), "HIGH/MINOR");
    EXPECT_EQ(alarm(8), "HIGH/MINOR");
    EXPECT_EQ(alarm(7.9), "NO_ALARM/NO_ALARM");
    EXPECT_EQ(alarm(8), "NO_ALARM/NO_ALARM");
    EXPECT_EQ(alarm(25), "HIHI/MAJOR");
    EXPECT_EQ(alarm(18), "HIHI/MAJOR");
    EXPECT_EQ(alarm(17), "HIGH/MINOR");
    EXPECT_EQ(alarm(-9), "NO_ALARM/NO_ALARM");
    EXPECT_EQ(alarm(-10), "LOW/MINOR");
    EXPECT_EQ(alarm(-20), "LOLO/INVALID");
    EXPECT_EQ(rig.text("AI.ACKS"), "INVALID") << "the worst alarm waits to be acknowledged";
}

TEST(Alarm, IsPostedOnItsOwnFieldsAndOnTheValue)
{
    Rig rig;
    rig.record("ai", "AI", {{"HIGH", "10"}, {"HSV", "MINOR"}, {"MDEL", "100"}});
    rig.start();
    rig.put("AI", 0.0);
    rig.subscribe("AI", 1, Mask::alarm);
    rig.subscribe("AI", 2, Mask::value);
    rig.subscribe("AI.SEVR", 3, Mask::value);
    rig.subscribe("AI.STAT", 4, Mask::value | Mask::alarm);
    rig.put("AI", 11);
    rig.put("AI", 12);
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 11})) << "the change of alarm, not of value";
    EXPECT_EQ(rig.values(2), (std::vector<double>{0})) << "inside MDEL";
    EXPECT_EQ(rig.values(3), (std::vector<double>{0, 1}));
    EXPECT_EQ(rig.values(4), (std::vector<double>{0, 4}));
    const auto& last = rig.notes.noted.back();
    EXPECT_EQ(last.alarm.severity, iochron::pv::Severity::minor);
}

TEST(Alarm, CarriesItsMessageAsLongAsItLasts)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "A"}, {"INPA", "MISSING"}});
    rig.start();
    rig.subscribe("C", 1, Mask::alarm);
    rig.subscribe("C.AMSG", 2, Mask::alarm | Mask::value);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.notes.noted.back().message, "field INPA");
    rig.put("C.INPA", "1");
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.notes.noted.back().message, "");
    EXPECT_EQ(rig.text("C.AMSG"), "");
    EXPECT_EQ(rig.text("C.STAT"), "NO_ALARM");
}

// The steps are those of aiRecord's filter with AFTC = 1 s and a value that jumps into HIHI.
TEST(Alarm, IsHeldBackByTheFilterUntilItLasts)
{
    Rig rig;
    rig.record("ai", "AI", {{"HIHI", "10"}, {"HHSV", "MAJOR"}, {"HIGH", "5"}, {"HSV", "MINOR"}, {"AFTC", "1"}});
    rig.start();
    rig.put("AI", 0.0);
    std::vector<std::string> seen;
    for (int i = 0; i < 12; ++i) {
        rig.clock.advance(250ms);
        rig.put("AI", 20);
        seen.push_back(rig.text("AI.SEVR"));
    }
    EXPECT_EQ(seen.front(), "NO_ALARM");
    EXPECT_EQ(seen.back(), "MAJOR");
    EXPECT_TRUE(std::ranges::is_sorted(seen, {}, [](const std::string& s) {
        return s == "NO_ALARM" ? 0 : s == "MINOR" ? 1 : 2;
    }));
}
