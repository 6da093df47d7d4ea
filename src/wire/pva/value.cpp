#include "wire/pva/value.h"

#include "wire/pva/bit_set.h"
#include "wire/pva/elements.h"
#include "wire/pva/size.h"

#include <string>
#include <vector>

namespace iochron::wire::pva {
namespace {

using pv::ScalarType;
using Form = pv::Type::Form;
using Sizing = pv::Type::Sizing;

void write_scalar(Encoder& encoder, const pv::Value& value)
{
    switch (pv::element_bytes(value.type())) {
    case 1:
        return encoder.u8(static_cast<std::uint8_t>(value.bits()));
    case 2:
        return encoder.u16(static_cast<std::uint16_t>(value.bits()));
    case 4:
        return encoder.u32(static_cast<std::uint32_t>(value.bits()));
    case 8:
        return encoder.u64(value.bits());
    default:
        return encoder.text(value.text());
    }
}

void write_array(Encoder& encoder, const pv::Type& type, const pv::Value& value)
{
    if (type.sizing() != Sizing::fixed) {
        encoder.size(value.count());
    }
    if (value.type() == ScalarType::string) {
        for (std::size_t i = 0; i < value.count(); ++i) {
            encoder.text(value.text_at(i));
        }
    } else if (!encoder.lend(value)) {
        write_elements(encoder, value.bytes(), pv::element_bytes(value.type()));
    }
}

void write_choice(Encoder& encoder, const pv::Choice* choice)
{
    if (choice == nullptr || choice->selected == pv::Choice::none) {
        return encoder.null();
    }
    encoder.size(choice->selected);
    write_full(encoder, *choice->type->members()[choice->selected].type, choice->value);
}

void write_any(Encoder& encoder, const pv::Any* any)
{
    write(encoder, any == nullptr ? nullptr : any->type);
    if (any != nullptr && any->type) {
        write_full(encoder, *any->type, any->value);
    }
}

void write_compounds(Encoder& encoder, const pv::Type& element, const std::vector<pv::Value>* values)
{
    encoder.size(values == nullptr ? 0 : values->size());
    if (values == nullptr) {
        return;
    }
    for (const pv::Value& value : *values) {
        encoder.u8(value.empty() ? 0 : 1);
        if (!value.empty()) {
            write_full(encoder, element, value);
        }
    }
}

} // namespace

void write_full(Encoder& encoder, const pv::Type& type, const pv::Value& value)
{
    switch (type.form()) {
    case Form::scalar:
        return write_scalar(encoder, value.empty() ? type.defaults()[0] : value);
    case Form::array:
        return write_array(encoder, type, value.empty() ? type.defaults()[0] : value);
    case Form::structure:
        if (const pv::Structure* structure = value.structure()) {
            return write_full(encoder, *structure);
        }
        for (const pv::Member& member : type.members()) {
            write_full(encoder, *member.type, {});
        }
        return;
    case Form::choice:
        return write_choice(encoder, value.choice());
    case Form::any:
        return write_any(encoder, value.any());
    case Form::any_array:
        return write_compounds(encoder, *pv::any_type(), value.compounds());
    case Form::structure_array:
    case Form::choice_array:
        return write_compounds(encoder, *type.element(), value.compounds());
    }
}

void write_full(Encoder& encoder, const pv::Structure& structure)
{
    const auto fields = structure.type()->fields();
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
        if (!fields[i].type->is(Form::structure)) {
            write_full(encoder, *fields[i].type, structure.at(i));
        }
    }
}

void write_fields(Encoder& encoder, const pv::Structure& structure, const pv::BitSet& wanted)
{
    const auto fields = structure.type()->fields();
    for (std::size_t i = wanted.next(0); i != pv::BitSet::none_left; i = wanted.next(i + 1)) {
        write_full(encoder, *fields[i].type, structure.at(static_cast<std::uint32_t>(i)));
    }
}

void write_marked(Encoder& encoder, const pv::Structure& structure)
{
    write(encoder, structure.marked());
    write_fields(encoder, structure, structure.marked());
}

void write_typed(Encoder& encoder, const pv::Value& value)
{
    const pv::TypeRef type = type_of(value);
    write(encoder, type);
    if (type) {
        write_full(encoder, *type, value);
    }
}

pv::Value ValueReader::full(const pv::TypeRef& type)
{
    return one(*type, type);
}

pv::Value ValueReader::one(const pv::Type& type, const pv::TypeRef& owner)
{
    if (level_ >= most_levels) {
        reader_.fail("values that are nested too deeply");
    }
    if (!reader_.ok()) {
        return {};
    }
    // The type lives as long as the one that it is a part of.
    const auto shared = [&] { return owner.get() == &type ? owner : pv::TypeRef(owner, &type); };
    ++level_;
    pv::Value value;
    switch (type.form()) {
    case Form::scalar:
        value = number(type.scalar());
        if (type.sizing() == Sizing::bounded && value.is_text() && value.text().size() > type.bound()) {
            reader_.fail("a text that is longer than its bound");
        }
        break;
    case Form::array:
        value = array(type);
        break;
    case Form::structure:
        value = structure(shared());
        break;
    case Form::choice:
        value = choice(shared());
        break;
    case Form::any:
        value = any();
        break;
    case Form::any_array:
        value = compounds(pv::any_type());
        break;
    case Form::structure_array:
    case Form::choice_array:
        value = compounds(type.element());
        break;
    }
    --level_;
    return value;
}

pv::Value ValueReader::number(ScalarType type)
{
    switch (type) {
    case ScalarType::boolean:
        return pv::Value::of(reader_.u8() != 0);
    case ScalarType::int8:
        return pv::Value::of(reader_.number<std::int8_t>());
    case ScalarType::uint8:
        return pv::Value::of(reader_.u8());
    case ScalarType::int16:
        return pv::Value::of(reader_.number<std::int16_t>());
    case ScalarType::uint16:
        return pv::Value::of(reader_.u16());
    case ScalarType::int32:
        return pv::Value::of(reader_.number<std::int32_t>());
    case ScalarType::uint32:
        return pv::Value::of(reader_.u32());
    case ScalarType::int64:
        return pv::Value::of(reader_.number<std::int64_t>());
    case ScalarType::uint64:
        return pv::Value::of(reader_.u64());
    case ScalarType::float32:
        return pv::Value::of(reader_.f32());
    case ScalarType::float64:
        return pv::Value::of(reader_.f64());
    default:
        return pv::Value::of(read_text(reader_));
    }
}

pv::Value ValueReader::array(const pv::Type& type)
{
    const bool texts = type.scalar() == ScalarType::string;
    const std::size_t bytes_each = texts ? 1 : pv::element_bytes(type.scalar());
    const std::size_t count = type.sizing() == Sizing::fixed ? type.bound() : read_count(reader_, bytes_each);
    if (type.sizing() == Sizing::bounded && count > type.bound()) {
        reader_.fail("more elements than the array may have");
    }
    if (!texts) {
        return read_elements(reader_, type.scalar(), count, holder_);
    }
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count && reader_.ok(); ++i) {
        all.emplace_back(read_text(reader_));
    }
    return pv::Value::string_array(all);
}

pv::Value ValueReader::structure(pv::TypeRef type)
{
    const auto fields = type->fields();
    if (fields.size() > fields_left_) {
        reader_.fail("more fields than the bytes of a message can fill");
        return {};
    }
    fields_left_ -= fields.size();
    pv::Structure structure(type);
    for (std::uint32_t i = 0; i < fields.size() && reader_.ok(); ++i) {
        if (!fields[i].type->is(Form::structure)) {
            structure.place(i, one(*fields[i].type, type));
        }
    }
    return pv::Value::of(std::move(structure));
}

pv::Value ValueReader::choice(pv::TypeRef type)
{
    const auto selected = read_nullable_size(reader_);
    if (!selected) {
        return pv::Value::of(pv::Choice{std::move(type), pv::Choice::none, {}});
    }
    if (*selected >= type->members().size()) {
        reader_.fail("a member that the union does not have");
        return {};
    }
    pv::Value value = full(type->members()[*selected].type);
    return pv::Value::of(pv::Choice{std::move(type), static_cast<std::uint32_t>(*selected), std::move(value)});
}

pv::Value ValueReader::any()
{
    pv::TypeRef type = types_.read(reader_);
    pv::Value value = type && reader_.ok() ? full(type) : pv::Value{};
    return pv::Value::of(pv::Any{std::move(type), std::move(value)});
}

pv::Value ValueReader::compounds(const pv::TypeRef& element)
{
    std::vector<pv::Value> values;
    for (std::size_t left = read_count(reader_, 1); left > 0 && reader_.ok(); --left) {
        values.push_back(reader_.u8() == 0 ? pv::Value{} : full(element));
    }
    return pv::Value::compounds(std::move(values));
}

void ValueReader::marked(pv::Structure& into)
{
    const pv::TypeRef& type = into.type();
    const auto fields = type->fields();
    const pv::BitSet bits = read_bit_set(reader_);
    if (bits.end() > fields.size()) {
        reader_.fail("a mark of a field that the structure does not have");
    }
    std::size_t i = bits.next(0);
    while (i != pv::BitSet::none_left && reader_.ok()) {
        const std::uint32_t end = fields[i].end;
        for (auto leaf = static_cast<std::uint32_t>(i); leaf < end && reader_.ok(); ++leaf) {
            if (!fields[leaf].type->is(Form::structure)) {
                into.place(leaf, one(*fields[leaf].type, type));
            }
        }
        i = bits.next(end); // marks inside a marked structure say nothing more
    }
}

pv::Value ValueReader::typed()
{
    const pv::TypeRef type = types_.read(reader_);
    return type && reader_.ok() ? full(type) : pv::Value{};
}

} // namespace iochron::wire::pva
