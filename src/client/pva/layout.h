#pragma once

#include "base/reader.h"
#include "pv/sample.h"
#include "pv/structure.h"
#include "wire/pva/type.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace iochron::client::pva {

/// What a monitor of a number holds between its updates, which bring only what has changed.
struct Number {
    std::uint64_t bits = 0; ///< as pv::Value::bits()
    base::Stamp time = base::undefined_stamp;
    std::uint32_t user_tag = 0;
    std::uint32_t message : 16 = 0; ///< of the alarm, by its Layout's number
    std::uint32_t severity : 2 = 0;
    std::uint32_t kind : 4 = 0;    ///< alarm.status as sent
    std::uint32_t status : 5 = 0;  ///< pv::AlarmStatus that it stands for
    std::uint32_t started : 1 = 0; ///< the first update has come
};
static_assert(sizeof(Number) == 24);

/// Where the updates of one type have a number, its alarm and its time stamp, so that none of them makes a Structure.
/// For NTScalar of numbers, NTEnum, and all that is laid out like them. One for each type and connection: it also keeps
/// the alarm messages that have come.
/// Thread: shard
class Layout {
  public:
    /// Null where the type has no such number, or where its alarm and time stamp are unlike alarm_t and time_t.
    /// `home`: whose it is.
    [[nodiscard]] static std::unique_ptr<Layout> of(const pv::TypeRef& type, const void* home);

    [[nodiscard]] const void* home() const { return home_; }

    [[nodiscard]] const pv::TypeRef& type() const { return update_.type(); }
    /// The element type of the value: an enum_t gives an enumeration.
    [[nodiscard]] pv::ScalarType scalar() const { return scalar_; }

    // hot: no allocation, but for a message that is new.
    /// Takes an update's bit set and fields into `number`. False, and `number` as it was, where something else is
    /// marked or the bytes are not enough: then the long way tells what it is.
    [[nodiscard]] bool take(base::Reader& reader, Number& number);
    /// The long way: any update as a structure of which only what is marked means anything. Good until the next call.
    [[nodiscard]] const pv::Structure& read(base::Reader& reader, wire::pva::TypeCache& types);
    void take(const pv::Structure& update, Number& number);
    /// True where `update` marks what a Meta is made of.
    [[nodiscard]] bool marks_properties(const pv::Structure& update) const;

    /// Borrows the message.
    void fill(const Number& number, pv::Sample& sample) const
    {
        sample.value = pv::Value::number(scalar_, number.bits);
        sample.time = number.time;
        sample.user_tag = number.user_tag;
        sample.alarm = {.severity = static_cast<pv::Severity>(number.severity),
                        .status = static_cast<pv::AlarmStatus>(number.status)};
        sample.message = number.message == 0 ? nullptr : &messages_[number.message];
    }

  private:
    enum class Part : std::uint8_t { value, severity, status, message, seconds, nanoseconds, user_tag, other };
    static constexpr std::size_t parts = 7;
    /// Field numbers, by Part.
    struct Places {
        std::uint32_t field[parts];
    };
    /// What a bit set means, in the order of the fields.
    struct Plan {
        std::uint64_t marks = 0;
        bool short_way = true;
        std::vector<Part> steps;
    };
    struct Changes;

    Layout(pv::TypeRef type, const void* home, pv::ScalarType scalar, const Places& places);
    [[nodiscard]] static std::optional<Places> places_of(const pv::Type& type, pv::ScalarType& scalar);
    [[nodiscard]] const Plan* plan_for(std::uint64_t marks);
    [[nodiscard]] Plan plan(std::uint64_t marks) const;
    template <class From>
    void read(Part part, From& from, Changes& changes) const;
    void apply(const Changes& changes, Number& number);
    [[nodiscard]] std::uint16_t number_of(std::string_view message);

    const void* home_;
    pv::ScalarType scalar_;
    Places places_;
    pv::Structure update_;      ///< that was read last
    std::vector<Part> part_of_; ///< each field
    std::vector<Plan> plans_;
    std::size_t last_plan_ = 0;
    std::deque<std::string> messages_{""}; ///< stay where they are
    std::unordered_map<std::string_view, std::uint16_t> numbers_;
};

} // namespace iochron::client::pva
