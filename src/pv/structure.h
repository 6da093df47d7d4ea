#pragma once

#include "pv/bit_set.h"
#include "pv/status.h"
#include "pv/type.h"
#include "pv/value.h"

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::pv {

/// The value of a structure: a Value for each of its numbered fields, and which of them are marked: set by somebody,
/// changed since the last update, or sent. Only fields that hold something are ever marked, never a structure inside
/// (whose mark stands for all that it holds: mark() spreads it). Copying copies no text and no array.
/// Thread: any (distinct objects)
class Structure {
  public:
    /// All fields hold their type's default; none is marked. The type is that of a structure.
    explicit Structure(TypeRef type);

    [[nodiscard]] const TypeRef& type() const { return type_; }
    [[nodiscard]] std::span<const Value> values() const { return values_; }
    /// Of a field by its number. A structure inside has no value of its own: see part().
    [[nodiscard]] const Value& at(std::uint32_t field) const { return values_[field]; }
    /// Of "alarm.severity"; null where there is no such field.
    [[nodiscard]] const Value* find(std::string_view path) const;
    /// The structure inside under this number, as a value of its own.
    [[nodiscard]] Structure part(std::uint32_t field) const;

    /// Puts a value in and marks it: converted to the field's type (pv/convert.h, an array for an array; a scalar is
    /// refused for an array and the other way round), a Structure for a structure inside (members by name), a Choice or
    /// any value that one member of a union can take, anything for an `any`.
    Status set(std::uint32_t field, const Value& value);
    Status set(std::string_view path, const Value& value);
    template <class T>
        requires(scalar_type_of<T> != ScalarType::none)
    Status set(std::string_view path, T number)
    {
        return set(path, Value::of(number));
    }
    Status set(std::string_view path, std::string_view text) { return set(path, Value::of(text)); }
    Status set(std::string_view path, const char* text) { return set(path, Value::of(std::string_view(text))); }
    /// A value that is known to have the field's type, as a decoder makes it. Marks it.
    void place(std::uint32_t field, Value value);

    [[nodiscard]] const BitSet& marked() const { return marked_; }
    [[nodiscard]] bool is_marked(std::uint32_t field) const { return marked_.next(field) < type_->fields()[field].end; }
    void mark(std::uint32_t field);
    void mark_all() { mark(0); }
    /// Marks those too, which a structure of an equal type had marked.
    void mark(const BitSet& fields) { marked_ |= fields; }
    void unmark(std::uint32_t field) { marked_.reset(field); }
    void unmark_all() { marked_.clear(); }
    /// Leaves only those marks that are in `mask` too.
    void keep_marks(const BitSet& mask) { marked_ &= mask; }

    /// Takes over the marked fields of a structure of an equal type, and their marks.
    void merge(const Structure& update);

    /// Same type and values; marks do not matter.
    bool operator==(const Structure& other) const;

  private:
    [[nodiscard]] Status refuse(std::uint32_t field, const Status& why) const;
    Status set_inside(std::uint32_t field, const Structure& from);

    TypeRef type_;
    std::vector<Value> values_; ///< by field number; those of structures are empty
    BitSet marked_;
};

/// The value of a union: one of its members with its value, or none.
struct Choice {
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    TypeRef type; ///< of the union
    std::uint32_t selected = none;
    Value value;

    bool operator==(const Choice& other) const;
};

/// The value of an `any`: some value with its type, or nothing.
struct Any {
    TypeRef type; ///< of what it holds; null: nothing
    Value value;

    bool operator==(const Any& other) const;
};

/// The value as one of this type, with all that it holds converted; what Structure::set does for a field.
[[nodiscard]] std::expected<Value, Status> convert_to(const TypeRef& type, const Value& value);
/// The type that a value has by itself: of a number, a text, an array or a compound. Null for no value, and for arrays
/// of compounds that hold none.
[[nodiscard]] TypeRef type_of(const Value& value);
/// About the bytes of memory that the value alone would hold, texts and elements included.
[[nodiscard]] std::size_t held_bytes(const Value& value);
/// Numbers of the fields that hold something, under `field`.
[[nodiscard]] BitSet leaves(const Type& type, std::uint32_t field = 0);

} // namespace iochron::pv
