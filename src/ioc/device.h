#pragma once

#include "ioc/reading.h"
#include "pv/value.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iochron {

/// A record that a device kind serves: what init() is given. Good for ever; what it is asked after the Ioc has gone is
/// ignored.
/// Thread: any
class DeviceRecord {
  public:
    struct State; ///< private to the room ioc
    explicit DeviceRecord(std::shared_ptr<const State> state) : state_(std::move(state)) {}

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] const std::string& type() const;
    /// What INP or OUT holds behind '@', as it was at the start; empty where there is none.
    [[nodiscard]] const std::string& address() const;
    /// Something has changed that the record should read: has it processed, if its SCAN is "I/O Intr". Returns at
    /// once; requests are merged while one is pending.
    void request_scan() const;

  private:
    std::shared_ptr<const State> state_;
};

/// One processing of a record that waits for its device: to be ended once, by any thread, at any time. Copies are the
/// same call. If all copies are gone without an end the processing has failed, so no record stays busy for ever. What
/// is ended after the Ioc has gone is ignored.
/// Thread: any
class DeviceCall {
  public:
    struct State; ///< private to the room ioc
    explicit DeviceCall(std::shared_ptr<State> state) : state_(std::move(state)) {}

    [[nodiscard]] const std::string& name() const; ///< of the record
    /// What INP or OUT holds now, behind '@'.
    [[nodiscard]] const std::string& address() const;
    /// What an output is to write: VAL, of ao OVAL, of a raw kind RVAL. Of an input: empty.
    [[nodiscard]] const pv::Value& value() const;

    /// An output's value was taken; an input keeps the value it has.
    void done() const;
    /// An input was read. The record converts the value to its own type.
    void done(pv::Value value, Reading reading = {}) const;
    void done(double value, Reading reading = {}) const { done(pv::Value::of(value), std::move(reading)); }
    /// It failed: the record gets READ or WRITE alarm, INVALID, and `why` as AMSG.
    void fail(std::string why) const;

  private:
    std::shared_ptr<State> state_;
};

/// A device kind: device support in C++, chosen by DTYP. For Ioc::device().
struct DeviceKind {
    std::string name; ///< the choice of DTYP
    /// The record types that have it: ai, ao, bi, bo, longin, longout, int64in, int64out, mbbi, mbbo, stringin,
    /// stringout, waveform.
    std::vector<std::string> types;
    /// Called by Ioc::start() for each record of the kind, before any processes: the place to read the address. What it
    /// throws ends start(), with the record's name.
    std::function<void(const DeviceRecord&)> init{};
    /// Called when a record of the kind processes. It may end the call before it returns, or keep it and let another
    /// thread end it. What it throws fails the call and is logged.
    std::function<void(DeviceCall)> process{};
    bool raw = false; ///< values are RVAL, which the record converts (of types that have it)
    /// True: `process` is called on the IOC's shard, for code that never blocks; else on the user thread.
    bool never_blocks = false;
};

} // namespace iochron
