#include "wire/pva/type.h"

#include "wire/pva/size.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace iochron::wire::pva {
namespace {

using pv::ScalarType;
using Form = pv::Type::Form;
using Sizing = pv::Type::Sizing;

namespace code {
constexpr std::uint8_t structure = 0x80;
constexpr std::uint8_t choice = 0x81;
constexpr std::uint8_t any = 0x82;
constexpr std::uint8_t bounded_string = 0x83;
constexpr std::uint8_t array_bit = 0x08;
constexpr std::uint8_t sizing_bits = 0x18;
constexpr std::uint8_t variable = 0x08;
constexpr std::uint8_t bounded = 0x10;
constexpr std::uint8_t fixed = 0x18;
constexpr std::uint8_t tagged_definition = 0xFC;
constexpr std::uint8_t definition = 0xFD;
constexpr std::uint8_t reference = 0xFE;
constexpr std::uint8_t null = 0xFF;
} // namespace code

struct ScalarCode {
    ScalarType type;
    std::uint8_t code;
};
constexpr std::array<ScalarCode, 12> scalar_codes = {{{ScalarType::boolean, 0x00},
                                                      {ScalarType::int8, 0x20},
                                                      {ScalarType::int16, 0x21},
                                                      {ScalarType::int32, 0x22},
                                                      {ScalarType::int64, 0x23},
                                                      {ScalarType::uint8, 0x24},
                                                      {ScalarType::uint16, 0x25},
                                                      {ScalarType::uint32, 0x26},
                                                      {ScalarType::uint64, 0x27},
                                                      {ScalarType::float32, 0x42},
                                                      {ScalarType::float64, 0x43},
                                                      {ScalarType::string, 0x60}}};

std::uint8_t code_of(ScalarType type)
{
    for (const ScalarCode& known : scalar_codes) {
        if (known.type == type) {
            return known.code;
        }
    }
    return 0x25; // an enumeration by itself is the index of its choice
}

std::optional<ScalarType> scalar_of(std::uint8_t code)
{
    for (const ScalarCode& known : scalar_codes) {
        if (known.code == code) {
            return known.type;
        }
    }
    return std::nullopt;
}

void write_members(Encoder& encoder, const pv::Type& type)
{
    encoder.text(type.id());
    encoder.size(type.members().size());
    for (const pv::Member& member : type.members()) {
        encoder.text(member.name);
        write(encoder, member.type);
    }
}

void write_plain(Encoder& encoder, const pv::Type& type)
{
    const std::uint8_t element = code_of(type.scalar());
    if (type.is(Form::scalar)) {
        encoder.u8(type.sizing() == Sizing::bounded ? code::bounded_string : element);
    } else {
        encoder.u8(element | (type.sizing() == Sizing::variable  ? code::variable
                              : type.sizing() == Sizing::bounded ? code::bounded
                                                                 : code::fixed));
    }
    if (type.sizing() != Sizing::variable) {
        encoder.size(type.bound());
    }
}

} // namespace

void write(Encoder& encoder, const pv::TypeRef& type)
{
    if (!type) {
        encoder.u8(code::null);
        return;
    }
    switch (type->form()) {
    case Form::scalar:
    case Form::array:
        return write_plain(encoder, *type);
    case Form::structure:
        encoder.u8(code::structure);
        return write_members(encoder, *type);
    case Form::choice:
        encoder.u8(code::choice);
        return write_members(encoder, *type);
    case Form::any:
        return encoder.u8(code::any);
    case Form::any_array:
        return encoder.u8(code::any | code::array_bit);
    case Form::structure_array:
        encoder.u8(code::structure | code::array_bit);
        return write(encoder, type->element());
    case Form::choice_array:
        encoder.u8(code::choice | code::array_bit);
        return write(encoder, type->element());
    }
}

void TypeWriter::write(Encoder& encoder, const pv::TypeRef& type)
{
    if (type != last_ || !type) {
        bytes_.clear();
        Encoder own(bytes_, order_);
        pva::write(own, type);
        last_ = type;
    }
    encoder.raw(bytes_);
}

/// One description being read. All its parts are counted, those referred to as well, since a type is made of copies of
/// the numbering of its parts: a few bytes must not make millions of fields.
class TypeCache::Description {
  public:
    Description(TypeCache& cache, base::Reader& reader) : cache_(cache), reader_(reader) {}

    pv::TypeRef read(std::size_t depth);
    /// It neither defines a type nor refers to one.
    [[nodiscard]] bool says_all() const { return says_all_; }

  private:
    static constexpr std::size_t most_parts = pv::Type::max_fields;
    static constexpr std::size_t most_kept = 1'000'000;

    pv::TypeRef define(bool tagged, std::size_t depth);
    pv::TypeRef referred();
    pv::TypeRef plain(std::uint8_t code);
    pv::TypeRef composed(std::uint8_t code, std::size_t depth);
    pv::TypeRef array_of(std::uint8_t code, std::size_t depth);
    pv::TypeRef fail(const char* what);
    bool count(std::size_t parts);

    TypeCache& cache_;
    base::Reader& reader_;
    std::size_t parts_ = 0;
    bool says_all_ = true;
};

pv::TypeRef TypeCache::read(base::Reader& reader)
{
    const auto rest = reader.rest();
    const std::size_t size = last_.bytes.size();
    if (size > 0 && size <= rest.size() && last_.order == reader.order() &&
        std::memcmp(rest.data(), last_.bytes.data(), size) == 0) {
        reader.skip(size);
        return last_.type;
    }
    Description description(*this, reader);
    pv::TypeRef type = description.read(0);
    if (type && reader.ok() && description.says_all()) {
        remember(rest.first(rest.size() - reader.left()), reader.order(), type);
    }
    return type;
}

void TypeCache::remember(std::span<const std::byte> bytes, base::ByteOrder order, const pv::TypeRef& type)
{
    if (bytes.size() <= most_last_bytes) {
        last_.bytes.assign(bytes.begin(), bytes.end());
        last_.order = order;
        last_.type = type;
    }
}

pv::TypeRef TypeCache::Description::fail(const char* what)
{
    reader_.fail(what);
    return nullptr;
}

bool TypeCache::Description::count(std::size_t parts)
{
    parts_ += parts;
    if (parts_ > most_parts) {
        reader_.fail("a type of too many fields");
    }
    return reader_.ok();
}

pv::TypeRef TypeCache::Description::read(std::size_t depth)
{
    if (depth > 2 * pv::Type::max_depth) {
        return fail("a type that is nested too deeply");
    }
    const std::uint8_t lead = reader_.u8();
    if (!count(1)) {
        return nullptr;
    }
    switch (lead) {
    case code::null:
        return nullptr;
    case code::tagged_definition:
        return define(true, depth);
    case code::definition:
        return define(false, depth);
    case code::reference:
        return referred();
    case code::structure:
    case code::choice:
        return composed(lead, depth);
    case code::structure | code::array_bit:
    case code::choice | code::array_bit:
        return array_of(lead, depth);
    case code::any:
        return pv::any_type();
    case code::any | code::array_bit:
        return pv::any_array();
    default:
        return plain(lead);
    }
}

pv::TypeRef TypeCache::Description::define(bool tagged, std::size_t depth)
{
    says_all_ = false;
    const std::uint16_t id = reader_.u16();
    reader_.skip(tagged ? sizeof(std::int32_t) : 0);
    pv::TypeRef type = read(depth + 1);
    if (!type || !reader_.ok()) {
        return fail("a definition of no type");
    }
    pv::TypeRef& kept = cache_.types_[id];
    cache_.parts_ += type->parts() - (kept ? kept->parts() : 0);
    kept = type;
    return cache_.parts_ <= most_kept ? type : fail("more types than a connection may define");
}

pv::TypeRef TypeCache::Description::referred()
{
    says_all_ = false;
    const auto found = cache_.types_.find(reader_.u16());
    if (found == cache_.types_.end()) {
        return fail("a type that was not defined");
    }
    return count(found->second->parts()) ? found->second : nullptr;
}

pv::TypeRef TypeCache::Description::plain(std::uint8_t code)
{
    if (code == code::bounded_string) {
        return pv::bounded_string(static_cast<std::uint32_t>(read_size(reader_)));
    }
    const std::uint8_t sizing = code & code::sizing_bits;
    const auto element = scalar_of(code & static_cast<std::uint8_t>(~code::sizing_bits));
    if (!element) {
        return fail("a type code that is none");
    }
    if (sizing == 0) {
        return pv::scalar(*element);
    }
    if (sizing == code::variable) {
        return pv::array(*element);
    }
    const auto bound = static_cast<std::uint32_t>(read_size(reader_));
    if (sizing == code::bounded) {
        return pv::bounded_array(*element, bound);
    }
    // A fixed array has its elements before anything is set, so each counts.
    return count(bound) ? pv::fixed_array(*element, bound) : nullptr;
}

pv::TypeRef TypeCache::Description::composed(std::uint8_t code, std::size_t depth)
{
    std::string id(read_text(reader_));
    std::vector<pv::Member> members(read_count(reader_, 2));
    std::size_t levels = 0;
    std::size_t fields = 1;
    for (pv::Member& member : members) {
        member.name = read_text(reader_);
        member.type = read(depth + 1);
        if (!member.type) {
            return fail("a member without a type");
        }
        levels = std::max(levels, member.type->depth());
        fields += member.type->fields().size();
    }
    if (!reader_.ok() || levels >= pv::Type::max_depth) {
        return fail("a type that is nested too deeply");
    }
    if (fields > pv::Type::max_fields) {
        return fail("a type of too many fields");
    }
    return code == code::structure ? pv::structure(std::move(id), std::move(members))
                                   : pv::choice(std::move(id), std::move(members));
}

pv::TypeRef TypeCache::Description::array_of(std::uint8_t code, std::size_t depth)
{
    pv::TypeRef element = read(depth + 1);
    const bool wants_structure = code == (code::structure | code::array_bit);
    if (!element || !element->is(wants_structure ? Form::structure : Form::choice)) {
        return fail("an array of structures or unions whose elements are neither");
    }
    return wants_structure ? pv::structure_array(std::move(element)) : pv::choice_array(std::move(element));
}

std::size_t least_bytes(const pv::Type& type)
{
    switch (type.form()) {
    case Form::scalar:
        return type.scalar() == ScalarType::string ? 1 : pv::element_bytes(type.scalar());
    case Form::array:
        return type.sizing() != Sizing::fixed ? 1 : type.bound() * least_bytes(*pv::scalar(type.scalar()));
    case Form::structure: {
        std::size_t bytes = 0;
        for (const pv::Member& member : type.members()) {
            bytes += least_bytes(*member.type);
        }
        return bytes;
    }
    default:
        return 1;
    }
}

} // namespace iochron::wire::pva
