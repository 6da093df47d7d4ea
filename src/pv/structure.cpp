#include "pv/structure.h"

#include "pv/convert.h"

#include <fmt/format.h>

#include <cassert>

namespace iochron::pv {
namespace {

using Form = Type::Form;

bool same_type(const TypeRef& a, const TypeRef& b)
{
    return a == b || (a && b && *a == *b);
}

Status refusal(const Type& type, std::string_view what)
{
    return {Outcome::no_conversion, fmt::format("{} is wanted, not {}", to_string(type), what)};
}

std::string_view what_is(const Value& value)
{
    return value.empty() ? "nothing" : value.is_compound() ? "a structure" : value.is_array() ? "an array" : "a scalar";
}

/// Elements or bytes that the type sets a bound to.
Status bounded(const Type& type, std::size_t size)
{
    const bool fits = type.sizing() == Type::Sizing::variable || size == type.bound() ||
                      (type.sizing() == Type::Sizing::bounded && size < type.bound());
    return fits ? Status{}
                : Status{Outcome::bad_count, fmt::format("{} elements do not fit in {}", size, type.bound())};
}

std::expected<Value, Status> to_plain(const Type& type, const Value& value)
{
    const bool wants_array = type.is(Form::array);
    if (value.empty() || value.is_compound() || value.is_array() != wants_array) {
        return std::unexpected(refusal(type, what_is(value)));
    }
    auto converted = convert(value, type.scalar(), nullptr);
    if (converted && type.sizing() != Type::Sizing::variable) {
        if (Status fits = bounded(type, wants_array ? converted->count() : converted->text().size()); !fits.ok()) {
            return std::unexpected(std::move(fits));
        }
    }
    return converted;
}

std::expected<Value, Status> to_choice(const TypeRef& type, const Value& value)
{
    if (const Choice* choice = value.choice(); choice != nullptr && same_type(choice->type, type)) {
        return value;
    }
    const TypeRef own = type_of(value);
    const std::span<const Member> members = type->members();
    for (std::uint32_t i = 0; own && i < members.size(); ++i) {
        if (*members[i].type == *own) {
            return Value::of(Choice{type, i, value});
        }
    }
    for (std::uint32_t i = 0; i < members.size(); ++i) {
        if (auto converted = convert_to(members[i].type, value)) {
            return Value::of(Choice{type, i, std::move(*converted)});
        }
    }
    return std::unexpected(refusal(*type, "a value that none of its members takes"));
}

std::expected<Value, Status> to_compounds(const Type& type, const Value& value)
{
    const std::vector<Value>* from = value.compounds();
    if (from == nullptr) {
        return std::unexpected(refusal(type, what_is(value)));
    }
    const TypeRef& element = type.is(Form::any_array) ? any_type() : type.element();
    std::vector<Value> elements;
    elements.reserve(from->size());
    for (const Value& one : *from) {
        auto converted = one.empty() ? Value{} : convert_to(element, one);
        if (!converted) {
            return converted;
        }
        elements.push_back(std::move(*converted));
    }
    return Value::compounds(std::move(elements));
}

std::expected<Value, Status> to_structure(const TypeRef& type, const Value& value)
{
    const Structure* from = value.structure();
    if (from == nullptr) {
        return std::unexpected(refusal(*type, what_is(value)));
    }
    if (same_type(from->type(), type)) {
        return value;
    }
    Structure converted(type);
    if (Status status = converted.set(0, value); !status.ok()) {
        return std::unexpected(std::move(status));
    }
    return Value::of(std::move(converted));
}

} // namespace

Structure::Structure(TypeRef type) : type_(std::move(type))
{
    assert(type_->is(Form::structure));
    values_.assign(type_->defaults().begin(), type_->defaults().end());
}

const Value* Structure::find(std::string_view path) const
{
    const auto field = type_->find(path);
    return field ? &values_[*field] : nullptr;
}

Structure Structure::part(std::uint32_t field) const
{
    const Field& place = type_->fields()[field];
    if (field == 0) {
        return *this;
    }
    // Shares ownership with the type that holds it.
    Structure inside(TypeRef(type_, place.type));
    for (std::uint32_t i = field; i < place.end; ++i) {
        inside.values_[i - field] = values_[i];
        if (marked_.test(i)) {
            inside.marked_.set(i - field);
        }
    }
    return inside;
}

Status Structure::refuse(std::uint32_t field, const Status& why) const
{
    return {why.outcome, fmt::format("{}: {}", field == 0 ? "the structure" : type_->path(field), why.text)};
}

Status Structure::set(std::uint32_t field, const Value& value)
{
    const Field& place = type_->fields()[field];
    if (place.type->is(Form::structure)) {
        const Structure* from = value.structure();
        return from != nullptr ? set_inside(field, *from) : refuse(field, refusal(*place.type, what_is(value)));
    }
    auto converted = convert_to(TypeRef(type_, place.type), value);
    if (!converted) {
        return refuse(field, converted.error());
    }
    this->place(field, std::move(*converted));
    return {};
}

Status Structure::set(std::string_view path, const Value& value)
{
    const auto field = type_->find(path);
    return field ? set(*field, value)
                 : Status{Outcome::no_such_channel, fmt::format("{} has no field {}", to_string(*type_), path)};
}

// Members by name, those that are marked, or all where nothing is. All or nothing: a copy is filled first.
Status Structure::set_inside(std::uint32_t field, const Structure& from)
{
    Structure filled = *this;
    const std::string prefix = field == 0 ? std::string{} : type_->path(field) + ".";
    const BitSet wanted = from.marked_.any() ? from.marked_ : leaves(*from.type_);
    for (std::size_t i = wanted.next(0); i != BitSet::none_left; i = wanted.next(i + 1)) {
        const auto inner = static_cast<std::uint32_t>(i);
        if (Status status = filled.set(prefix + from.type_->path(inner), from.at(inner)); !status.ok()) {
            return status;
        }
    }
    *this = std::move(filled);
    return {};
}

void Structure::place(std::uint32_t field, Value value)
{
    values_[field] = std::move(value);
    marked_.set(field);
}

void Structure::mark(std::uint32_t field)
{
    marked_ |= leaves(*type_, field);
}

void Structure::merge(const Structure& update)
{
    for (std::size_t i = update.marked_.next(0); i != BitSet::none_left; i = update.marked_.next(i + 1)) {
        values_[i] = update.values_[i];
    }
    marked_ |= update.marked_;
}

bool Structure::operator==(const Structure& other) const
{
    return same_type(type_, other.type_) && values_ == other.values_;
}

bool Choice::operator==(const Choice& other) const
{
    return same_type(type, other.type) && selected == other.selected && value == other.value;
}

bool Any::operator==(const Any& other) const
{
    return same_type(type, other.type) && value == other.value;
}

std::expected<Value, Status> convert_to(const TypeRef& type, const Value& value)
{
    if (const Any* any = value.any(); any != nullptr && !type->is(Form::any)) {
        return convert_to(type, any->value);
    }
    switch (type->form()) {
    case Form::scalar:
    case Form::array:
        return to_plain(*type, value);
    case Form::structure:
        return to_structure(type, value);
    case Form::choice:
        return to_choice(type, value);
    case Form::any:
        return value.any() != nullptr ? value : Value::of(Any{type_of(value), value});
    case Form::structure_array:
    case Form::choice_array:
    case Form::any_array:
        return to_compounds(*type, value);
    }
    return value;
}

TypeRef type_of(const Value& value)
{
    if (const Structure* structure = value.structure()) {
        return structure->type();
    }
    if (const Choice* choice = value.choice()) {
        return choice->type;
    }
    if (value.any() != nullptr) {
        return any_type();
    }
    if (const std::vector<Value>* elements = value.compounds()) {
        for (const Value& element : *elements) {
            if (const TypeRef type = type_of(element)) {
                return type->is(Form::any)      ? any_array()
                       : type->is(Form::choice) ? choice_array(type)
                                                : structure_array(type);
            }
        }
        return nullptr;
    }
    return value.empty() ? nullptr : value.is_array() ? array(value.type()) : scalar(value.type());
}

std::size_t held_bytes(const Value& value)
{
    constexpr std::size_t compound_bytes = 128;
    const auto all = [](std::span<const Value> values) {
        std::size_t bytes = compound_bytes + values.size() * sizeof(Value);
        for (const Value& one : values) {
            bytes += held_bytes(one) - sizeof(Value);
        }
        return bytes;
    };
    if (const Structure* structure = value.structure()) {
        return sizeof value + all(structure->values());
    }
    if (const std::vector<Value>* elements = value.compounds()) {
        return sizeof value + all(*elements);
    }
    if (const Choice* choice = value.choice()) {
        return sizeof value + compound_bytes + held_bytes(choice->value);
    }
    if (const Any* any = value.any()) {
        return sizeof value + compound_bytes + held_bytes(any->value);
    }
    return sizeof value + (value.is_text() || value.is_array() ? value.elements_owner()->capacity() : 0);
}

BitSet leaves(const Type& type, std::uint32_t field)
{
    BitSet found;
    for (std::uint32_t i = field; i < type.fields()[field].end; ++i) {
        if (!type.fields()[i].type->is(Form::structure)) {
            found.set(i);
        }
    }
    return found;
}

} // namespace iochron::pv
