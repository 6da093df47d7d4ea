#pragma once

#include "pv/scalar_type.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::pv {

class Type;
class Value;
/// Null means "no type", where that is allowed (an `any` that holds nothing).
using TypeRef = std::shared_ptr<const Type>;

/// A member of a structure or union.
struct Member {
    std::string name;
    TypeRef type;
};

/// One numbered field of a structure, as its bit sets number them: the structure itself is 0, then each member in
/// order, a structure's own members right behind it. Unions, `any` and arrays of structures take one number and hide
/// what they hold.
struct Field {
    const Type* type = nullptr;
    std::string_view name;
    std::uint32_t parent = 0;
    std::uint32_t end = 0; ///< one beyond the last number inside it
};

/// What pvAccess calls a field description: the type of a value, whole and immutable, shared by all values of it.
/// Thread: any
class Type {
  public:
    enum class Form : std::uint8_t { scalar, array, structure, choice, any, structure_array, choice_array, any_array };
    /// How many elements an array, or bytes a string, may have.
    enum class Sizing : std::uint8_t { variable, bounded, fixed };

    /// Structures inside one another; pvxs (1.5) refuses more. And fields of one structure, all levels together.
    static constexpr std::size_t max_depth = 20;
    static constexpr std::size_t max_fields = 65'536;

    [[nodiscard]] Form form() const { return form_; }
    [[nodiscard]] bool is(Form form) const { return form_ == form; }
    /// Of a scalar or of an array's elements; `structure` for all other forms.
    [[nodiscard]] ScalarType scalar() const { return scalar_; }
    [[nodiscard]] Sizing sizing() const { return sizing_; }
    [[nodiscard]] std::uint32_t bound() const { return bound_; }
    /// "epics:nt/NTScalar:1.0"; empty where it has none, and for other than structures and unions.
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::span<const Member> members() const { return members_; }
    /// The type of an element of a structure_array or choice_array.
    [[nodiscard]] const TypeRef& element() const { return element_; }
    /// Structures and unions inside one another, this one included; 0 for others.
    [[nodiscard]] std::size_t depth() const { return depth_; }
    /// All types that a walk through this one meets, members of unions too, shared ones as often as they are met.
    [[nodiscard]] std::size_t parts() const { return parts_; }

    /// Of a structure: all its fields by number. One, itself, for other forms.
    [[nodiscard]] std::span<const Field> fields() const { return fields_; }
    /// The number of "alarm.severity"; "" is 0.
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view path) const;
    /// "alarm.severity" of a number.
    [[nodiscard]] std::string path(std::uint32_t field) const;
    /// What each field of a structure holds before anything is set: zeros, empty texts and arrays. One for other forms.
    [[nodiscard]] std::span<const Value> defaults() const;

    /// Same form, ids, member names and types.
    bool operator==(const Type& other) const;

    ~Type();
    Type(const Type&) = delete;
    Type& operator=(const Type&) = delete;

  private:
    friend struct TypeMaker;
    Type();
    void number_fields();

    Form form_ = Form::scalar;
    ScalarType scalar_ = ScalarType::structure;
    Sizing sizing_ = Sizing::variable;
    std::uint32_t bound_ = 0;
    std::size_t depth_ = 0;
    std::size_t parts_ = 1;
    std::string id_;
    std::vector<Member> members_;
    TypeRef element_;
    std::vector<Field> fields_;
    std::vector<Value> defaults_;
};

/// "double", "string[]", "structure"...: for messages and for pvinfo.
[[nodiscard]] std::string to_string(const Type& type);

// How types are built. Scalars and their arrays are made once and shared.
[[nodiscard]] const TypeRef& scalar(ScalarType type);
[[nodiscard]] const TypeRef& array(ScalarType element);
[[nodiscard]] TypeRef bounded_array(ScalarType element, std::uint32_t bound);
[[nodiscard]] TypeRef fixed_array(ScalarType element, std::uint32_t count);
[[nodiscard]] TypeRef bounded_string(std::uint32_t bytes);
/// Throws base::Problem on more levels than max_depth or more fields than max_fields.
[[nodiscard]] TypeRef structure(std::string id, std::vector<Member> members);
[[nodiscard]] TypeRef choice(std::string id, std::vector<Member> members);
[[nodiscard]] TypeRef structure_array(TypeRef element);
[[nodiscard]] TypeRef choice_array(TypeRef element);
[[nodiscard]] const TypeRef& any_type();
[[nodiscard]] const TypeRef& any_array();

} // namespace iochron::pv
