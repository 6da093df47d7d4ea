#include "pv/type.h"

#include "base/problem.h"
#include "pv/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace iochron::pv {

using Form = Type::Form;

/// Fills the parts of a Type; the only one who may.
struct TypeMaker {
    static std::shared_ptr<Type> make(Form form, ScalarType scalar = ScalarType::structure)
    {
        std::shared_ptr<Type> type(new Type);
        type->form_ = form;
        type->scalar_ = scalar;
        return type;
    }
    static TypeRef sized(Form form, ScalarType scalar, Type::Sizing sizing, std::uint32_t bound)
    {
        auto type = make(form, scalar);
        type->sizing_ = sizing;
        type->bound_ = bound;
        return done(std::move(type));
    }
    static TypeRef composed(Form form, std::string id, std::vector<Member> members)
    {
        auto type = make(form);
        type->id_ = std::move(id);
        type->members_ = std::move(members);
        for (const Member& member : type->members_) {
            type->depth_ = std::max(type->depth_, member.type->depth());
            type->parts_ += member.type->parts();
        }
        ++type->depth_;
        return done(std::move(type));
    }
    static TypeRef array_of(Form form, TypeRef element)
    {
        auto type = make(form);
        type->depth_ = element->depth();
        type->parts_ += element->parts();
        type->element_ = std::move(element);
        return done(std::move(type));
    }
    static TypeRef done(std::shared_ptr<Type> type)
    {
        if (type->depth_ > Type::max_depth) {
            throw base::Problem(fmt::format("a type of more than {} structures inside one another", Type::max_depth));
        }
        type->number_fields();
        return type;
    }
};

namespace {

Value default_value(const Type& type)
{
    static const Value no_text = Value::of(std::string_view{});
    const std::size_t count = type.sizing() == Type::Sizing::fixed ? type.bound() : 0;
    switch (type.form()) {
    case Form::scalar:
        return type.scalar() == ScalarType::string ? no_text : Value::zero(type.scalar());
    case Form::array:
        return Value::zeros(type.scalar(), count);
    default: // a structure is the values of its fields; the others hold nothing
        return {};
    }
}

} // namespace

Type::Type() = default;
Type::~Type() = default;

void Type::number_fields()
{
    fields_.push_back({this, {}, 0, 1});
    defaults_.push_back(default_value(*this));
    if (form_ != Form::structure) {
        return;
    }
    for (const Member& member : members_) {
        const auto base = static_cast<std::uint32_t>(fields_.size());
        const std::span<const Field> inner = member.type->fields();
        if (base + inner.size() > max_fields) {
            throw base::Problem(fmt::format("a structure of more than {} fields", max_fields));
        }
        for (const Field& field : inner) {
            const bool top = &field == inner.data();
            fields_.push_back({field.type, top ? std::string_view(member.name) : field.name,
                               top ? 0 : base + field.parent, base + field.end});
        }
        defaults_.insert(defaults_.end(), member.type->defaults_.begin(), member.type->defaults_.end());
    }
    fields_[0].end = static_cast<std::uint32_t>(fields_.size());
}

std::span<const Value> Type::defaults() const
{
    return defaults_;
}

std::optional<std::uint32_t> Type::find(std::string_view path) const
{
    std::uint32_t at = 0;
    while (!path.empty()) {
        const std::string_view name = path.substr(0, path.find('.'));
        const std::uint32_t end = fields_[at].end;
        std::uint32_t child = at + 1;
        while (child < end && fields_[child].name != name) {
            child = fields_[child].end;
        }
        if (child >= end) {
            return std::nullopt;
        }
        at = child;
        path.remove_prefix(std::min(path.size(), name.size() + 1));
    }
    return at;
}

std::string Type::path(std::uint32_t field) const
{
    std::string text;
    for (; field != 0; field = fields_[field].parent) {
        text = text.empty() ? std::string(fields_[field].name) : fmt::format("{}.{}", fields_[field].name, text);
    }
    return text;
}

bool Type::operator==(const Type& other) const
{
    if (this == &other) {
        return true;
    }
    const auto same = [](const TypeRef& a, const TypeRef& b) { return a == b || (a && b && *a == *b); };
    return form_ == other.form_ && scalar_ == other.scalar_ && sizing_ == other.sizing_ && bound_ == other.bound_ &&
           id_ == other.id_ && same(element_, other.element_) &&
           std::ranges::equal(members_, other.members_, [&](const Member& a, const Member& b) {
               return a.name == b.name && same(a.type, b.type);
           });
}

std::string to_string(const Type& type)
{
    const auto named = [](const Type& t, std::string_view word) { return t.id().empty() ? std::string(word) : t.id(); };
    switch (type.form()) {
    case Form::scalar:
        return std::string(to_string(type.scalar()));
    case Form::array:
        return fmt::format("{}[]", to_string(type.scalar()));
    case Form::structure:
        return named(type, "structure");
    case Form::choice:
        return named(type, "union");
    case Form::any:
        return "any";
    case Form::any_array:
        return "any[]";
    case Form::structure_array:
    case Form::choice_array:
        return to_string(*type.element()) + "[]";
    }
    return {};
}

namespace {

using Sizing = Type::Sizing;

/// The types without a name, by their scalar type.
std::array<TypeRef, 16> all_of(Form form)
{
    std::array<TypeRef, 16> types;
    for (std::size_t i = 0; i < types.size(); ++i) {
        types[i] = TypeMaker::sized(form, static_cast<ScalarType>(i), Sizing::variable, 0);
    }
    return types;
}

} // namespace

const TypeRef& scalar(ScalarType type)
{
    static const std::array<TypeRef, 16> types = all_of(Form::scalar);
    return types[static_cast<std::size_t>(type)];
}

const TypeRef& array(ScalarType element)
{
    static const std::array<TypeRef, 16> types = all_of(Form::array);
    return types[static_cast<std::size_t>(element)];
}

TypeRef bounded_array(ScalarType element, std::uint32_t bound)
{
    return TypeMaker::sized(Form::array, element, Sizing::bounded, bound);
}

TypeRef fixed_array(ScalarType element, std::uint32_t count)
{
    return TypeMaker::sized(Form::array, element, Sizing::fixed, count);
}

TypeRef bounded_string(std::uint32_t bytes)
{
    return TypeMaker::sized(Form::scalar, ScalarType::string, Sizing::bounded, bytes);
}

TypeRef structure(std::string id, std::vector<Member> members)
{
    return TypeMaker::composed(Form::structure, std::move(id), std::move(members));
}

TypeRef choice(std::string id, std::vector<Member> members)
{
    return TypeMaker::composed(Form::choice, std::move(id), std::move(members));
}

TypeRef structure_array(TypeRef element)
{
    return TypeMaker::array_of(Form::structure_array, std::move(element));
}

TypeRef choice_array(TypeRef element)
{
    return TypeMaker::array_of(Form::choice_array, std::move(element));
}

const TypeRef& any_type()
{
    static const TypeRef type = TypeMaker::done(TypeMaker::make(Form::any));
    return type;
}

const TypeRef& any_array()
{
    static const TypeRef type = TypeMaker::done(TypeMaker::make(Form::any_array));
    return type;
}

} // namespace iochron::pv
