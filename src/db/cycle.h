#pragma once

#include "db/core.h"
#include "db/deadband.h"

namespace iochron::db {

/// One processing of one record: what a record type may do while it processes. It reads its inputs, tells its alarms
/// and what has changed; links, forward links, time stamps, PACT and completion are the business of db/process.
/// Thread: shard
class Cycle {
  public:
    Cycle(Core& core, Record& record, bool completing, std::int64_t previous_time)
        : core_(core), record_(record), completing_(completing), previous_time_(previous_time)
    {}

    [[nodiscard]] Core& core() { return core_; }
    /// The device has done its work: this is the second call of process().
    [[nodiscard]] bool completing() const { return completing_; }
    /// Sets the record's time stamp now rather than when process() returns: an output has its new stamp before it
    /// writes.
    void stamp()
    {
        core_.set_time(record_);
        stamped_ = true;
    }
    [[nodiscard]] bool stamped() const { return stamped_; }
    /// The record keeps the time stamp that it has.
    void keep_stamp() { stamped_ = true; }
    /// DOL could not be read, which counts as a failure where nothing is written after it.
    void miss_input() { lacks_input_ = true; }
    [[nodiscard]] bool lacks_input() const { return lacks_input_; }
    /// Seconds since the record's processing before; known once the stamp is set.
    [[nodiscard]] double elapsed() const { return static_cast<double>(record_.time - previous_time_) * 1e-9; }

    /// For devices: stores what was read, in VAL or in RVAL as the device kind says.
    [[nodiscard]] pv::Status accept(const pv::Value& value)
    {
        return core_.type(record_).accept(core_, record_, value);
    }

    // hot:
    /// Reads a link as a number. False: it failed, and the record has LINK/INVALID. A constant changes nothing.
    bool read(LinkId link, double& number)
    {
        if (link == no_link) {
            return true;
        }
        const Link& from = core_.links[link];
        if (from.kind == LinkKind::record && from.flags == 0) [[likely]] {
            Record& target = core_.records[from.target.record];
            const Field::Number read = core_.field(target, from.target.field).number;
            if (read != nullptr) [[likely]] {
                number = read(target);
                if (from.inherit != Inherit::none) {
                    inherit(from.inherit, target);
                }
                return true;
            }
        }
        return read_slowly(link, number);
    }
    /// Reads a link as an array; empty where there is none or it failed (then with LINK/INVALID).
    [[nodiscard]] pv::Value read(LinkId link, Shape shape) { return core_.read_link_as(record_, link, shape); }
    /// Reads a link as a number of type T. False: it failed, and the record has LINK/INVALID. A constant changes
    /// nothing.
    template <class T>
    bool read_as(LinkId link, T& number)
    {
        if (is_constant(link)) {
            return true;
        }
        const pv::Value value = core_.read_link_as(record_, link, pv::scalar_type_of<T>);
        if (value.empty()) {
            return false;
        }
        number = value.get<T>();
        return true;
    }
    /// Puts to what an output link leads to, and processes that as the link says. False: LINK/INVALID.
    bool write(LinkId link, const pv::Value& value);
    /// The record takes over the alarm of one that it has read, if that is another.
    void inherit(Inherit mode, const Record& from);
    /// With TSE -2 and no TSEL: the record's time is that of the record the link leads to.
    void take_time(LinkId link)
    {
        if (record_.is(flag_stamped)) [[unlikely]] {
            copy_time(link);
        }
    }
    [[nodiscard]] bool is_constant(LinkId link) const { return link == no_link || core_.links[link].is_constant(); }

    /// Raises the record's alarm to this, unless it has one as severe. True: it was raised.
    bool alarm(pv::AlarmStatus status, pv::Severity severity, std::string_view message = {})
    {
        if (record_.nsev >= severity) {
            return false;
        }
        record_.nsta = status;
        record_.nsev = severity;
        if (!message.empty() || record_.is(flag_message)) [[unlikely]] {
            set_next_message(message);
        }
        return true;
    }
    /// recGblResetAlarms: the alarm found becomes the record's; gives Mask::alarm when it is another, having posted
    /// STAT, SEVR, AMSG and ACKS.
    [[nodiscard]] pv::Mask reset_alarms()
    {
        if (record_.stat == record_.nsta && record_.sevr == record_.nsev && !record_.is(flag_message)) [[likely]] {
            record_.nsta = pv::AlarmStatus::no_alarm;
            record_.nsev = pv::Severity::no_alarm;
            return pv::Mask::none;
        }
        return change_alarm();
    }
    void post(FieldIndex field, pv::Mask mask) { core_.post(record_, field, mask); }
    void post(std::string_view field, pv::Mask mask)
    {
        core_.post(record_, core_.type(record_).find(field)->index, mask);
    }
    /// For types with a raw value: posts it when it has changed.
    template <class T>
    void post_changed(std::string_view field, T now, T& last, pv::Mask mask)
    {
        if (now != last) {
            post(field, mask | pv::Mask::value | pv::Mask::log);
            last = now;
        }
    }
    void post(FieldIndex field, pv::Mask mask, const pv::Value& value) { core_.post(record_, field, mask, value); }

  private:
    [[gnu::noinline]] bool read_slowly(LinkId link, double& number);
    void copy_time(LinkId link);
    /// The device kind of the record is to wait for what a write by Channel Access causes.
    [[nodiscard]] bool waits_for_writes() const;
    void write_as_client(Record& target, const Field& field, const pv::Value& value);
    [[nodiscard]] std::string next_message() const;
    [[gnu::noinline]] void set_next_message(std::string_view message);
    [[gnu::noinline]] pv::Mask change_alarm();

    Core& core_;
    Record& record_;
    bool completing_;
    bool stamped_ = false;
    bool lacks_input_ = false;
    std::int64_t previous_time_;
};

/// A record takes over the alarm of another, as its link says.
/// `message` goes along with MSS.
void inherit_alarm(Core& core, Record& to, Inherit mode, pv::Alarm alarm, std::string_view message);

} // namespace iochron::db
