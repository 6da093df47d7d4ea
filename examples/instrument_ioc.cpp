// Device support in C++: records with DTYP "Supply" poll and set a (simulated) power supply behind a slow line, and its
// interlock pushes a record with SCAN "I/O Intr".
#include "ioc/ioc.h"

#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;

namespace {

const char* const database = R"(
record(ai, "SUPPLY:CURRENT")  { field(DTYP, "Supply") field(INP, "@current") field(SCAN, ".1 second") field(EGU, "A")
                                field(PREC, "3") field(HIGH, "9") field(HSV, "MINOR") }
record(ao, "SUPPLY:SETPOINT") { field(DTYP, "Supply") field(OUT, "@setpoint") field(DRVH, "10") field(EGU, "A") }
record(bi, "SUPPLY:TRIPPED")  { field(DTYP, "Supply") field(INP, "@tripped") field(SCAN, "I/O Intr")
                                field(ZNAM, "fine") field(ONAM, "tripped") field(OSV, "MAJOR") }
)";

/// The instrument: a current that follows its setpoint, and an interlock at 9.5 A.
/// Thread: any
class Supply {
  public:
    double read(const std::string& name)
    {
        std::this_thread::sleep_for(5ms); // the line
        const std::lock_guard lock(mutex_);
        current_ += 0.2 * ((tripped_ ? 0 : setpoint_) - current_);
        return name == "current" ? current_ : tripped_ ? 1 : 0;
    }
    void set(double setpoint)
    {
        std::this_thread::sleep_for(5ms);
        if (!std::isfinite(setpoint)) {
            throw std::runtime_error("the setpoint is no number"); // becomes WRITE/INVALID
        }
        const std::lock_guard lock(mutex_);
        setpoint_ = setpoint;
    }
    /// True when the interlock has changed.
    bool check_interlock()
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(tripped_, tripped_ ? setpoint_ > 0 : current_ > 9.5) != tripped_;
    }

  private:
    std::mutex mutex_;
    double setpoint_ = 0;
    double current_ = 0;
    bool tripped_ = false;
};

} // namespace

int main()
{
    Supply supply;
    std::optional<iochron::DeviceRecord> tripped;
    iochron::Ioc ioc;
    ioc.device({.name = "Supply",
                .types = {"ai", "ao", "bi"},
                .init =
                    [&](const iochron::DeviceRecord& record) {
                        if (record.address() == "tripped") {
                            tripped = record;
                        } else if (record.address() != "current" && record.address() != "setpoint") {
                            throw std::runtime_error("the supply has no '" + record.address() + "'");
                        }
                    },
                .process = [&](const iochron::DeviceCall& call) { // on the user thread, so it may wait for the line
                    if (call.address() == "setpoint") {
                        supply.set(call.value().as_double());
                        call.done();
                    } else {
                        call.done(supply.read(call.address()));
                    }
                }});
    ioc.load_text(database, "supply.db");
    ioc.start();
    std::jthread watching([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(20ms);
            if (supply.check_interlock()) {
                tripped->request_scan();
            }
        }
    });
    ioc.run();
}
