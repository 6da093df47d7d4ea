#pragma once

#include "ioc/reading.h"
#include "pv/alarm.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace iochron {

class Ioc;

namespace pv {
class Value;
}

/// What became of a value that was pushed: it waits its turn (and nothing is lost), or so many wait already that it
/// took the place of the record's last one.
enum class Pushed : unsigned char { accepted, coalesced };

/// A record made in code. A small value; good as long as its Ioc lives.
/// Thread: any
class RecordHandle {
  public:
    RecordHandle() = default;
    RecordHandle(Ioc& ioc, std::string name, std::uint32_t id) : ioc_(&ioc), name_(std::move(name)), id_(id) {}

    [[nodiscard]] const std::string& name() const { return name_; }

  protected:
    Pushed push(const pv::Value& value, const Reading* reading = nullptr) const;
    void push_waiting(const pv::Value& value) const;
    [[nodiscard]] pv::Value value() const;

  private:
    Ioc* ioc_ = nullptr;
    std::string name_;
    std::uint32_t id_ = 0;
};

/// A record whose value is a T: double, std::int32_t, bool, std::string or std::vector<double>.
/// Thread: any
template <class T>
class Record : public RecordHandle {
  public:
    using RecordHandle::RecordHandle;

    /// Gives the record a new value and processes it; returns at once. Values of one thread keep their order, and each
    /// is posted as it would be from device support: with a time stamp, deadbands and alarms.
    Pushed set(const T& value) const;
    /// The same with an alarm, its message and a time of the value's own.
    Pushed set(const T& value, const Reading& reading) const;
    /// The same, but waits for room instead of coalescing. Not on the user thread's own callbacks' way to stop().
    void set_waiting(const T& value) const;
    /// The present value; waits for the IOC's shard.
    [[nodiscard]] T get() const;
};

using AiRecord = Record<double>;
using AoRecord = Record<double>;
using CalcRecord = Record<double>;
using LonginRecord = Record<std::int32_t>;
using LongoutRecord = Record<std::int32_t>;
using BiRecord = Record<bool>;
using BoRecord = Record<bool>;
using StringinRecord = Record<std::string>;
using WaveformRecord = Record<std::vector<double>>;

/// Fields by name, for those that have no member of their own: {{"ASG", "OPERATORS"}}.
using MoreFields = std::map<std::string, std::string>;

/// Fields of an ai or longin record. What is not set keeps EPICS' default.
template <class T>
struct InputFields {
    std::string desc{};
    std::string egu{};
    std::optional<int> prec{}; ///< not for longin
    std::optional<double> hopr{}, lopr{};
    std::optional<double> hihi{}, high{}, low{}, lolo{};
    std::optional<pv::Severity> hhsv{}, hsv{}, lsv{}, llsv{};
    std::optional<double> mdel{}, adel{}, hyst{};
    std::optional<T> val{}; ///< the value before the first set()
    std::string scan = "I/O Intr";
    MoreFields more{};
};
using AiFields = InputFields<double>;
using LonginFields = InputFields<std::int32_t>;

/// Fields of an ao or longout record.
template <class T>
struct OutputFields {
    std::string desc{};
    std::string egu{};
    std::optional<int> prec{}; ///< not for longout
    std::optional<double> hopr{}, lopr{}, drvh{}, drvl{};
    std::optional<double> hihi{}, high{}, low{}, lolo{};
    std::optional<pv::Severity> hhsv{}, hsv{}, lsv{}, llsv{};
    std::optional<T> val{};
    /// Called on the user thread with each value that a client or a link puts. A put with completion (caput -c) ends
    /// when it has returned.
    std::function<void(T)> on_update{};
    MoreFields more{};
};
using AoFields = OutputFields<double>;
using LongoutFields = OutputFields<std::int32_t>;

struct BiFields {
    std::string desc{};
    std::string znam{}, onam{}; ///< texts of 0 and 1
    std::optional<pv::Severity> zsv{}, osv{}, cosv{};
    std::optional<bool> val{};
    std::string scan = "I/O Intr";
    MoreFields more{};
};

struct BoFields {
    std::string desc{};
    std::string znam{}, onam{};
    std::optional<pv::Severity> zsv{}, osv{}, cosv{};
    std::optional<bool> val{};
    std::function<void(bool)> on_update{}; ///< as OutputFields::on_update
    MoreFields more{};
};

struct StringinFields {
    std::string desc{};
    std::optional<std::string> val{}; ///< at most 39 characters
    std::string scan = "I/O Intr";
    MoreFields more{};
};

struct WaveformFields {
    std::string desc{};
    std::string egu{};
    std::string ftvl = "DOUBLE"; ///< type of the elements, as EPICS spells it
    std::uint32_t nelm = 1;      ///< elements at most
    std::optional<int> prec{};
    std::string scan = "I/O Intr";
    MoreFields more{};
};

struct CalcFields {
    std::string calc{};             ///< "A+1"
    std::vector<std::string> inp{}; ///< INPA, INPB, ...: links or constants
    std::string scan = "Passive";   ///< "Passive", ".1 second", "100 Hz"...
    std::string desc{};
    std::string egu{};
    std::optional<int> prec{};
    MoreFields more{};
};

} // namespace iochron
