#include "values.h"

#include <pvxs/nt.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace {

namespace M = pvxs::members;
using pvxs::shared_array;
using pvxs::TypeCode;
using pvxs::TypeDef;
using pvxs::Value;

std::string text(int n)
{
    switch (n % 4) {
    case 0:
        return "";
    case 1:
        return "text " + std::to_string(n);
    case 2:
        return "h\xc3\xa4\xc3\xb6 \xce\xb1";
    default:
        return std::string(300 + static_cast<std::size_t>(n), 'x');
    }
}

template <class T>
T number(int n)
{
    using Limits = std::numeric_limits<T>;
    if (std::is_floating_point<T>::value) {
        const T all[] = {static_cast<T>(n) + static_cast<T>(1) / 3,
                         Limits::infinity(),
                         static_cast<T>(-0.0),
                         Limits::denorm_min(),
                         Limits::quiet_NaN(),
                         Limits::lowest()};
        return all[n % 6];
    }
    const T all[] = {static_cast<T>(n % 100), Limits::max(), Limits::min()};
    return all[n % 3];
}
template <>
bool number<bool>(int n)
{
    return n % 2 == 1;
}
template <>
std::string number<std::string>(int n)
{
    return text(n);
}

/// Calls f(T()) with the type of the numbers of a code.
template <class F>
void with_type(TypeCode code, F f)
{
    switch (code.scalarOf().code) {
    case TypeCode::Bool:
        return f(bool());
    case TypeCode::Int8:
        return f(std::int8_t());
    case TypeCode::Int16:
        return f(std::int16_t());
    case TypeCode::Int32:
        return f(std::int32_t());
    case TypeCode::Int64:
        return f(std::int64_t());
    case TypeCode::UInt8:
        return f(std::uint8_t());
    case TypeCode::UInt16:
        return f(std::uint16_t());
    case TypeCode::UInt32:
        return f(std::uint32_t());
    case TypeCode::UInt64:
        return f(std::uint64_t());
    case TypeCode::Float32:
        return f(float());
    case TypeCode::Float64:
        return f(double());
    default:
        return f(std::string());
    }
}

template <class Make>
void fill_elements(Value& value, std::size_t count, Make make)
{
    shared_array<Value> elements(count);
    for (std::size_t i = 0; i < count; ++i) {
        elements[i] = make(i);
    }
    value = elements.freeze();
}

/// Something for an `any`; an invalid Value: nothing.
Value anything(int n)
{
    Value made;
    switch (n % 6) {
    case 1:
        made = TypeDef(TypeCode::String).create();
        break;
    case 2:
        made = TypeDef(TypeCode::Float32A).create();
        break;
    case 3:
        made = TypeDef(TypeCode::Struct, "inside:1.0", {M::Int16("a"), M::Any("deeper"), M::Union("u", {M::Bool("b")})})
                   .create();
        break;
    case 4:
        made = TypeDef(TypeCode::UInt64).create();
        break;
    case 5:
        made = pvxs::nt::NTScalar{TypeCode::StringA}.create();
        break;
    default:
        return made;
    }
    fill(made, n + 1);
    return made;
}

void fill_union(Value& value, int n)
{
    const std::size_t member = static_cast<std::size_t>(n) % (value.nmembers() + 1);
    std::size_t at = 0;
    for (const Value child : value.ichildren()) {
        if (at++ == member) {
            Value chosen = value["->" + value.nameOf(child)];
            fill(chosen, n + 1);
            return;
        }
    }
    value = pvxs::unselect;
}

void fill_array(Value& value, int n)
{
    with_type(value.type(), [&](auto zero) {
        using T = decltype(zero);
        shared_array<T> elements(static_cast<std::size_t>(n % 5 == 4 ? 0 : n % 5 == 3 ? 5000 : n % 5 + 1));
        for (std::size_t i = 0; i < elements.size(); ++i) {
            elements[i] = number<T>(n + static_cast<int>(i));
        }
        value = elements.freeze();
    });
}

class Comparison {
  public:
    std::vector<std::string> found;
    std::size_t compared = 0;

    void compare(const Value& one, const Value& other, const std::string& path)
    {
        ++compared;
        if (one.valid() != other.valid()) {
            found.push_back(path + ": one holds nothing");
        } else if (one.valid() && (one.type() != other.type() || !one.equalType(other))) {
            found.push_back(path + ": of types " + one.type().name() + " and " + other.type().name());
        } else if (one.valid()) {
            compare_same(one, other, path);
        }
    }

  private:
    void compare_same(const Value& one, const Value& other, const std::string& path)
    {
        switch (one.type().code) {
        case TypeCode::Struct:
            return compare_structures(one, other, path);
        case TypeCode::Union:
        case TypeCode::Any: {
            const Value inside = one["->"];
            const Value there = other["->"];
            if (one.type() == TypeCode::Union && inside.valid() && there.valid() &&
                one.nameOf(inside) != other.nameOf(there)) {
                found.push_back(path + ": " + one.nameOf(inside) + " and " + other.nameOf(there) + " are selected");
            }
            return compare(inside, there, path + "->");
        }
        case TypeCode::StructA:
        case TypeCode::UnionA:
        case TypeCode::AnyA:
            return compare_elements(one.as<shared_array<const Value>>(), other.as<shared_array<const Value>>(), path);
        default:
            return one.type().isarray() ? compare_arrays(one, other, path) : compare_scalars(one, other, path);
        }
    }
    void compare_structures(const Value& one, const Value& other, const std::string& path)
    {
        if (one.id() != other.id()) {
            found.push_back(path + ": the ids are " + one.id() + " and " + other.id());
        }
        for (const Value child : one.ichildren()) {
            const std::string& name = one.nameOf(child);
            compare(child, other[name], path.empty() ? name : path + '.' + name);
        }
    }
    void compare_elements(const shared_array<const Value>& one, const shared_array<const Value>& other,
                          const std::string& path)
    {
        if (one.size() != other.size()) {
            found.push_back(path + ": " + std::to_string(one.size()) + " and " + std::to_string(other.size()) +
                            " elements");
            return;
        }
        for (std::size_t i = 0; i < one.size(); ++i) {
            compare(content(one[i]), content(other[i]), path + '[' + std::to_string(i) + ']');
        }
    }
    /// What an element of an array of unions holds: PVXS reads such an element as its selected member alone.
    static Value content(const Value& element)
    {
        return element.valid() && element.type() == TypeCode::Union ? Value(element["->"]) : element;
    }
    template <class T>
    static bool same(const T& one, const T& other)
    {
        return std::memcmp(&one, &other, sizeof one) == 0;
    }
    static bool same(const std::string& one, const std::string& other) { return one == other; }

    void compare_arrays(const Value& one, const Value& other, const std::string& path)
    {
        with_type(one.type(), [&](auto zero) {
            using T = decltype(zero);
            const auto these = one.as<shared_array<const T>>();
            const auto those = other.as<shared_array<const T>>();
            bool equal = these.size() == those.size();
            for (std::size_t i = 0; equal && i < these.size(); ++i) {
                equal = same(these[i], those[i]);
            }
            if (!equal) {
                report(one, other, path);
            }
        });
    }
    void compare_scalars(const Value& one, const Value& other, const std::string& path)
    {
        with_type(one.type(), [&](auto zero) {
            using T = decltype(zero);
            if (!same(one.as<T>(), other.as<T>())) {
                report(one, other, path);
            }
        });
    }
    void report(const Value& one, const Value& other, const std::string& path)
    {
        std::ostringstream words;
        words << path << ": " << one.format().arrayLimit(5) << " and " << other.format().arrayLimit(5);
        found.push_back(words.str());
    }
};

void add_marks(const Value& value, const std::string& path, std::vector<std::string>& found)
{
    if (value.type() != TypeCode::Struct) {
        if (value.isMarked(true, false)) {
            found.push_back(path);
        }
        return;
    }
    for (const Value child : value.ichildren()) {
        const std::string& name = value.nameOf(child);
        add_marks(child, path.empty() ? name : path + '.' + name, found);
    }
}

} // namespace

const std::vector<TypeCode>& all_scalars()
{
    static const std::vector<TypeCode> codes = {
        TypeCode::Bool,   TypeCode::Int8,   TypeCode::Int16,  TypeCode::Int32,   TypeCode::Int64,   TypeCode::UInt8,
        TypeCode::UInt16, TypeCode::UInt32, TypeCode::UInt64, TypeCode::Float32, TypeCode::Float64, TypeCode::String};
    return codes;
}

void fill(Value value, int n)
{
    switch (value.type().code) {
    case TypeCode::Struct:
        for (Value child : value.ichildren()) {
            fill(child, n++);
        }
        break;
    case TypeCode::Union:
        fill_union(value, n);
        break;
    case TypeCode::Any: {
        const Value held = anything(n);
        held.valid() ? value.from(held) : value.from(pvxs::unselect);
        break;
    }
    case TypeCode::StructA:
    case TypeCode::UnionA:
        fill_elements(value, static_cast<std::size_t>(n % 4), [&](std::size_t i) {
            Value element = value.allocMember();
            fill(element, n + static_cast<int>(i));
            return i == 2 ? Value() : element; // elements may be missing
        });
        break;
    case TypeCode::AnyA:
        fill_elements(value, static_cast<std::size_t>(n % 7),
                      [&](std::size_t i) { return anything(n + static_cast<int>(i)); });
        break;
    default:
        if (value.type().isarray()) {
            fill_array(value, n);
        } else {
            with_type(value.type(), [&](auto zero) { value.from(number<decltype(zero)>(n)); });
        }
    }
    value.mark();
}

std::vector<std::string> marks(const Value& top)
{
    std::vector<std::string> found;
    add_marks(top, "", found);
    return found;
}

std::vector<std::string> differences(const Value& one, const Value& other, std::size_t& compared)
{
    Comparison comparison;
    comparison.compare(one, other, "");
    compared += comparison.compared;
    return comparison.found;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string all;
    for (const std::string& word : words) {
        all += (all.empty() ? "" : ", ") + word;
    }
    return all.empty() ? "none" : all;
}

std::string quoted(const std::string& text)
{
    std::string quoted;
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') {
            quoted += '\\';
        }
        quoted += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
    }
    return quoted;
}
