#include "client/pva/layout.h"

#include "pv/plain.h"
#include "wire/pva/size.h"
#include "wire/pva/value.h"

#include <algorithm>
#include <array>
#include <limits>

namespace iochron::client::pva {

using pv::ScalarType;
using Form = pv::Type::Form;

namespace {

constexpr std::size_t most_plans = 256; ///< bit sets of one type; a server that sends more goes the long way
constexpr std::uint64_t second = 1'000'000'000;

struct Sought {
    std::string_view path;
    ScalarType type;
};
/// By Part, from `severity` on: alarm_t and time_t as every server has them.
constexpr std::array<Sought, 6> sought = {{{"alarm.severity", ScalarType::int32},
                                           {"alarm.status", ScalarType::int32},
                                           {"alarm.message", ScalarType::string},
                                           {"timeStamp.secondsPastEpoch", ScalarType::int64},
                                           {"timeStamp.nanoseconds", ScalarType::int32},
                                           {"timeStamp.userTag", ScalarType::int32}}};

bool is_scalar(const pv::Field& field, ScalarType type)
{
    return field.type->is(Form::scalar) && field.type->scalar() == type;
}

/// An update's parts from its bytes, one after the other.
class FromBytes {
  public:
    explicit FromBytes(base::Reader& reader) : reader_(reader) {}
    [[nodiscard]] std::int32_t int32() { return reader_.number<std::int32_t>(); }
    [[nodiscard]] std::int64_t int64() { return reader_.number<std::int64_t>(); }
    [[nodiscard]] std::string_view text() { return wire::pva::read_text(reader_); }
    [[nodiscard]] std::uint64_t bits(ScalarType type)
    {
        switch (pv::element_bytes(type)) {
        case 1:
            return type == ScalarType::boolean ? std::uint64_t{reader_.u8() != 0} : reader_.u8();
        case 2:
            return reader_.u16();
        case 4:
            return reader_.u32();
        default:
            return reader_.u64();
        }
    }

  private:
    base::Reader& reader_;
};

/// One part from its value.
class FromValue {
  public:
    explicit FromValue(const pv::Value& value) : value_(value) {}
    [[nodiscard]] std::int32_t int32() const { return value_.get<std::int32_t>(); }
    [[nodiscard]] std::int64_t int64() const { return value_.get<std::int64_t>(); }
    [[nodiscard]] std::string_view text() const { return value_.text(); }
    [[nodiscard]] std::uint64_t bits(ScalarType /*type*/) const { return value_.bits(); }

  private:
    const pv::Value& value_;
};

} // namespace

/// What one update says, before it is known to be whole.
struct Layout::Changes {
    std::uint64_t bits = 0;
    std::int64_t seconds = 0;
    std::int32_t nanoseconds = 0;
    std::uint32_t user_tag = 0;
    std::int32_t severity = 0;
    std::int32_t kind = 0;
    std::string_view message;
    std::uint8_t has = 0; ///< by Part

    [[nodiscard]] bool have(Part part) const { return (has >> static_cast<unsigned>(part) & 1) != 0; }
};

std::unique_ptr<Layout> Layout::of(const pv::TypeRef& type, const void* home)
{
    ScalarType scalar = ScalarType::none;
    const auto places = places_of(*type, scalar);
    return places ? std::unique_ptr<Layout>(new Layout(type, home, scalar, *places)) : nullptr;
}

std::optional<Layout::Places> Layout::places_of(const pv::Type& type, ScalarType& scalar)
{
    const auto fields = type.fields();
    Places places{};
    auto value = type.find("value");
    if (value && fields[*value].type->is(Form::structure)) {
        value = type.find("value.index");
        if (!value || !is_scalar(fields[*value], ScalarType::int32) || !type.find("value.choices")) {
            return std::nullopt;
        }
        scalar = ScalarType::enumeration;
    } else if (value && fields[*value].type->is(Form::scalar) && is_number(fields[*value].type->scalar())) {
        scalar = fields[*value].type->scalar();
    } else {
        return std::nullopt;
    }
    places.field[0] = *value;
    for (std::size_t i = 0; i < sought.size(); ++i) {
        const auto field = type.find(sought[i].path);
        if (!field || !is_scalar(fields[*field], sought[i].type)) {
            return std::nullopt;
        }
        places.field[i + 1] = *field;
    }
    return places;
}

Layout::Layout(pv::TypeRef type, const void* home, ScalarType scalar, const Places& places)
    : home_(home), scalar_(scalar), places_(places), update_(std::move(type)),
      part_of_(this->type()->fields().size(), Part::other)
{
    for (std::size_t i = 0; i < parts; ++i) {
        part_of_[places_.field[i]] = static_cast<Part>(i);
    }
}

Layout::Plan Layout::plan(std::uint64_t marks) const
{
    const auto fields = type()->fields();
    Plan plan{.marks = marks, .short_way = true, .steps = {}};
    for (std::uint32_t i = 0; i < 64;) {
        if ((marks >> i & 1) == 0) {
            ++i;
            continue;
        }
        if (i >= fields.size()) {
            plan.short_way = false;
            break;
        }
        for (std::uint32_t leaf = i; leaf < fields[i].end; ++leaf) { // a mark of a structure stands for all in it
            if (!fields[leaf].type->is(Form::structure)) {
                plan.steps.push_back(part_of_[leaf]);
                plan.short_way &= part_of_[leaf] != Part::other;
            }
        }
        i = fields[i].end;
    }
    return plan;
}

const Layout::Plan* Layout::plan_for(std::uint64_t marks)
{
    if (last_plan_ < plans_.size() && plans_[last_plan_].marks == marks) {
        return &plans_[last_plan_];
    }
    const auto known = std::ranges::find(plans_, marks, &Plan::marks);
    last_plan_ = static_cast<std::size_t>(known - plans_.begin());
    if (known == plans_.end()) {
        if (plans_.size() == most_plans) {
            return nullptr;
        }
        plans_.push_back(plan(marks));
    }
    return &plans_[last_plan_];
}

bool Layout::take(base::Reader& reader, Number& number)
{
    const std::size_t bytes = reader.u8();
    if (bytes >= sizeof(std::uint64_t)) {
        return false;
    }
    std::uint64_t marks = 0;
    for (unsigned shift = 0; const std::byte byte : reader.bytes(bytes)) {
        marks |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift;
        shift += 8;
    }
    const Plan* const plan = plan_for(marks);
    if (plan == nullptr || !plan->short_way) {
        return false;
    }
    Changes changes;
    FromBytes from(reader);
    for (const Part part : plan->steps) {
        read(part, from, changes);
    }
    if (!reader.ok()) {
        return false;
    }
    apply(changes, number);
    return true;
}

template <class From>
void Layout::read(Part part, From& from, Changes& changes) const
{
    changes.has |= static_cast<std::uint8_t>(1u << static_cast<unsigned>(part));
    switch (part) {
    case Part::value: // of an enum_t the index
        changes.bits =
            scalar_ == ScalarType::enumeration ? static_cast<std::uint16_t>(from.int32()) : from.bits(scalar_);
        break;
    case Part::severity:
        changes.severity = from.int32();
        break;
    case Part::status:
        changes.kind = from.int32();
        break;
    case Part::message:
        changes.message = from.text();
        break;
    case Part::seconds:
        changes.seconds = from.int64();
        break;
    case Part::nanoseconds:
        changes.nanoseconds = from.int32();
        break;
    case Part::user_tag:
        changes.user_tag = static_cast<std::uint32_t>(from.int32());
        break;
    case Part::other:
        break;
    }
}

void Layout::apply(const Changes& changes, Number& number)
{
    if (changes.have(Part::value)) {
        number.bits = changes.bits;
    }
    if (changes.have(Part::seconds) || changes.have(Part::nanoseconds)) {
        const std::uint64_t old = static_cast<std::uint64_t>(number.time.ns);
        number.time = pv::stamp_of(
            changes.have(Part::seconds) ? changes.seconds : static_cast<std::int64_t>(old / second),
            changes.have(Part::nanoseconds) ? changes.nanoseconds : static_cast<std::int64_t>(old % second));
    }
    if (changes.have(Part::user_tag)) {
        number.user_tag = changes.user_tag;
    }
    if (changes.have(Part::severity)) {
        number.severity = static_cast<std::uint32_t>(std::clamp(changes.severity, 0, 3));
    }
    if (changes.have(Part::status)) {
        number.kind = static_cast<std::uint32_t>(std::clamp(changes.kind, 0, 15));
    }
    if (changes.have(Part::message)) {
        number.message = number_of(changes.message);
    }
    number.status =
        number.severity == 0
            ? 0
            : static_cast<std::uint32_t>(pv::alarm_status_of(number.severity, number.kind, messages_[number.message]));
}

const pv::Structure& Layout::read(base::Reader& reader, wire::pva::TypeCache& types)
{
    update_.unmark_all();
    wire::pva::ValueReader(reader, types).marked(update_);
    return update_;
}

void Layout::take(const pv::Structure& update, Number& number)
{
    Changes changes;
    for (std::size_t i = 0; i < parts; ++i) {
        if (update.is_marked(places_.field[i])) {
            FromValue from(update.at(places_.field[i]));
            read(static_cast<Part>(i), from, changes);
        }
    }
    apply(changes, number);
}

bool Layout::marks_properties(const pv::Structure& update) const
{
    const pv::BitSet& marked = update.marked();
    for (std::size_t i = marked.next(0); i != pv::BitSet::none_left; i = marked.next(i + 1)) {
        if (part_of_[i] == Part::other) {
            return true;
        }
    }
    return false;
}

/// A table that is full gives no message: a peer must not make us keep more.
std::uint16_t Layout::number_of(std::string_view message)
{
    constexpr std::size_t most_bytes = 256;
    message = message.substr(0, most_bytes);
    if (message.empty()) {
        return 0;
    }
    if (const auto known = numbers_.find(message); known != numbers_.end()) {
        return known->second;
    }
    if (messages_.size() > std::numeric_limits<std::uint16_t>::max()) {
        return 0;
    }
    const auto number = static_cast<std::uint16_t>(messages_.size());
    numbers_.emplace(messages_.emplace_back(message), number);
    return number;
}

} // namespace iochron::client::pva
