#pragma once

#include "pv/buffer.h"
#include "pv/scalar_type.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::pv {

class Compound;
class Structure;
struct Choice;
struct Any;

/// The value of a PV: a number (inline, 16 bytes in all, no allocation), a text, an array whose elements are a shared
/// immutable Buffer, or a compound: pvAccess' structure, union, any, or array of those, shared and immutable as well
/// (pv/structure.h). Copying never copies elements.
/// Thread: any (distinct objects)
class Value {
  public:
    Value() = default;
    Value(const Value& other) noexcept
        : bits_(other.bits_), count_(other.count_), type_(other.type_), kind_(other.kind_)
    {
        if (kind_ != Kind::number) {
            acquire();
        }
    }
    Value(Value&& other) noexcept { swap(other); }
    Value& operator=(Value other) noexcept
    {
        swap(other);
        return *this;
    }
    ~Value()
    {
        if (kind_ != Kind::number) {
            release();
        }
    }

    template <class T>
        requires(scalar_type_of<T> != ScalarType::none)
    [[nodiscard]] static Value of(T number) noexcept
    {
        Value value;
        value.type_ = scalar_type_of<T>;
        std::memcpy(&value.bits_, &number, sizeof number);
        return value;
    }
    /// A number of this type from what bits() gives.
    [[nodiscard]] static Value number(ScalarType type, std::uint64_t bits) noexcept
    {
        Value value;
        value.type_ = type;
        value.bits_ = bits;
        return value;
    }
    [[nodiscard]] static Value of(std::string_view text);
    [[nodiscard]] static Value enumeration(std::uint16_t index) noexcept
    {
        Value value = of(index);
        value.type_ = ScalarType::enumeration;
        return value;
    }
    /// An array of `count` elements that the buffer holds in native byte order; for `string` see string_array().
    [[nodiscard]] static Value array(ScalarType type, BufferRef elements, std::size_t count) noexcept;
    template <class T>
        requires(scalar_type_of<T> != ScalarType::none)
    [[nodiscard]] static Value array_of(std::span<const T> elements)
    {
        BufferRef buffer = BufferRef::make(elements.size_bytes());
        if (!elements.empty()) {
            std::memcpy(buffer->fill(), elements.data(), elements.size_bytes());
        }
        return array(scalar_type_of<T>, std::move(buffer), elements.size());
    }
    [[nodiscard]] static Value string_array(std::span<const std::string> texts);
    /// A number of value 0; no value for other types.
    [[nodiscard]] static Value zero(ScalarType type) noexcept;
    /// An array of zeros, or of empty texts.
    [[nodiscard]] static Value zeros(ScalarType type, std::size_t count);
    [[nodiscard]] static Value of(Structure structure);
    [[nodiscard]] static Value of(Choice choice);
    [[nodiscard]] static Value of(Any any);
    /// An array of structures, unions or any's; an element without a value is a null.
    [[nodiscard]] static Value compounds(std::vector<Value> elements);

    [[nodiscard]] ScalarType type() const noexcept { return type_; }
    [[nodiscard]] bool empty() const noexcept { return type_ == ScalarType::none; }
    /// An array of numbers or texts.
    [[nodiscard]] bool is_array() const noexcept { return kind_ == Kind::array; }
    [[nodiscard]] bool is_text() const noexcept { return kind_ == Kind::text; }
    [[nodiscard]] bool is_compound() const noexcept { return kind_ == Kind::compound; }
    /// Elements of an array; 1 for a scalar; 0 for no value.
    [[nodiscard]] std::size_t count() const noexcept { return is_array() ? count_ : empty() ? 0 : 1; }

    /// The number, exactly of type T (an enumeration is a uint16_t). Only for a scalar of that type.
    template <class T>
    [[nodiscard]] T get() const noexcept
    {
        assert(kind_ == Kind::number && element_bytes(type_) == sizeof(T));
        T number;
        std::memcpy(&number, &bits_, sizeof number);
        return number;
    }
    /// The number's bits as they lie in memory, in the first element_bytes(type()) bytes.
    [[nodiscard]] std::uint64_t bits() const noexcept { return bits_; }
    /// A number of any type as a double; text and arrays give NaN (see pv/convert.h for those).
    [[nodiscard]] double as_double() const noexcept;
    /// Only for a scalar string.
    [[nodiscard]] std::string_view text() const noexcept
    {
        assert(kind_ == Kind::text);
        return {reinterpret_cast<const char*>(buffer()->data()), count_};
    }
    /// The elements of an array of numbers in native byte order.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept
    {
        assert(is_array() && type_ != ScalarType::string);
        return {buffer()->data(), count_ * element_bytes(type_)};
    }
    template <class T>
    [[nodiscard]] std::span<const T> elements() const noexcept
    {
        assert(is_array() && element_bytes(type_) == sizeof(T));
        return {reinterpret_cast<const T*>(buffer()->data()), count_};
    }
    /// Element i of a string array.
    [[nodiscard]] std::string_view text_at(std::size_t i) const noexcept;
    /// Null where the value is no such compound.
    [[nodiscard]] const Structure* structure() const noexcept;
    [[nodiscard]] const Choice* choice() const noexcept;
    [[nodiscard]] const Any* any() const noexcept;
    [[nodiscard]] const std::vector<Value>* compounds() const noexcept;
    /// The structure, to be changed, where nobody else has this value; else null.
    [[nodiscard]] Structure* own_structure() noexcept;
    /// Keeps the elements: for base::Output::share().
    [[nodiscard]] BufferRef elements_owner() const noexcept { return BufferRef(buffer()); }

    /// Same type, count and contents (of structures: same type and fields, whatever is marked); NaN equals NaN of the
    /// same bits.
    bool operator==(const Value& other) const noexcept;

    void swap(Value& other) noexcept
    {
        std::swap(bits_, other.bits_);
        std::swap(count_, other.count_);
        std::swap(type_, other.type_);
        std::swap(kind_, other.kind_);
    }

  private:
    enum class Kind : std::uint8_t { number, text, array, compound };

    [[nodiscard]] Buffer* buffer() const noexcept { return std::bit_cast<Buffer*>(bits_); }
    [[nodiscard]] Compound* compound() const noexcept { return std::bit_cast<Compound*>(bits_); }
    template <class T>
    [[nodiscard]] static Value shared(T part);
    template <class T>
    [[nodiscard]] const T* part() const noexcept;
    void acquire() const noexcept;
    void release() noexcept;
    void adopt(BufferRef buffer, Kind kind, ScalarType type, std::size_t count) noexcept;

    std::uint64_t bits_ = 0; ///< the number, or the address of the Buffer or Compound
    std::uint32_t count_ = 0;
    ScalarType type_ = ScalarType::none;
    Kind kind_ = Kind::number;
};

static_assert(sizeof(Value) == 16);

} // namespace iochron::pv
