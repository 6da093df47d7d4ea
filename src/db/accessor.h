#pragma once

#include "db/core.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

namespace iochron::db {

/// What makes the lines of a record type's table. Each line says once where a field is kept; all accessors follow.
///
/// | function              | where the value is kept                                             |
/// |-----------------------|---------------------------------------------------------------------|
/// | field, menu           | a member of the hot block                                           |
/// | shared, shared_menu.. | a member of a settings struct that records share (db/shared.h)       |
/// | cold, cold_menu...    | nowhere while it is the default, else in the record's cold list      |
/// | flag                  | a bit of Record::flags                                              |
/// | link, cold_link       | a LinkId, hot or cold                                               |
/// | computed              | nowhere: a function makes the value                                 |
namespace detail {

template <class>
struct MemberOf;
template <class R, class T>
struct MemberOf<T R::*> {
    using Owner = R;
    using Type = T;
};
template <auto Member>
using OwnerOf = typename MemberOf<decltype(Member)>::Owner;
template <auto Member>
using TypeOf = typename MemberOf<decltype(Member)>::Type;

template <class T>
consteval Dbf dbf_of()
{
    if constexpr (std::is_same_v<T, double>) {
        return Dbf::float64;
    } else if constexpr (std::is_same_v<T, float>) {
        return Dbf::float32;
    } else {
        static_assert(std::is_integral_v<T>);
        constexpr bool sign = std::is_signed_v<T>;
        switch (sizeof(T)) {
        case 1:
            return sign ? Dbf::int8 : Dbf::uint8;
        case 2:
            return sign ? Dbf::int16 : Dbf::uint16;
        case 4:
            return sign ? Dbf::int32 : Dbf::uint32;
        default:
            return sign ? Dbf::int64 : Dbf::uint64;
        }
    }
}

template <std::size_t N>
std::string_view text_of(const char (&chars)[N])
{
    return {chars, strnlen(chars, N)};
}

} // namespace detail

/// A number in the hot block.
template <auto Member>
[[nodiscard]] Field field(std::string_view name, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Member>;
    using T = detail::TypeOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = detail::dbf_of<T>(), .marks = marks};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::of(static_cast<const R&>(r).*Member);
    };
    field.set = [](Core&, Record& r, const Field&, const pv::Value& value) {
        static_cast<R&>(r).*Member = value.get<T>();
        return pv::Status{};
    };
    field.number = [](const Record& r) { return static_cast<double>(static_cast<const R&>(r).*Member); };
    return field;
}

/// A choice of a menu in the hot block, in a byte or an enum of a byte.
template <auto Member>
[[nodiscard]] Field menu(std::string_view name, const Menu& choices, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Member>;
    using T = detail::TypeOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = Dbf::menu, .marks = marks, .menu = &choices};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::enumeration(static_cast<std::uint16_t>(static_cast<const R&>(r).*Member));
    };
    field.set = [](Core&, Record& r, const Field&, const pv::Value& value) {
        static_cast<R&>(r).*Member = static_cast<T>(value.get<std::uint16_t>());
        return pv::Status{};
    };
    field.number = [](const Record& r) { return static_cast<double>(static_cast<const R&>(r).*Member); };
    return field;
}

/// A number in settings that records share: `Settings` is the record's member that points to them.
template <auto Settings, auto Member>
[[nodiscard]] Field shared(std::string_view name, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Settings>;
    using T = detail::TypeOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = detail::dbf_of<T>(), .marks = marks};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::of(static_cast<const R&>(r).*Settings->*Member);
    };
    field.set = [](Core& core, Record& r, const Field&, const pv::Value& value) {
        core.pools.change(static_cast<R&>(r).*Settings, [&](auto& settings) { settings.*Member = value.get<T>(); });
        return pv::Status{};
    };
    field.number = [](const Record& r) { return static_cast<double>(static_cast<const R&>(r).*Settings->*Member); };
    return field;
}

/// A choice of a menu in shared settings.
template <auto Settings, auto Member>
[[nodiscard]] Field shared_menu(std::string_view name, const Menu& choices, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Settings>;
    using T = detail::TypeOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = Dbf::menu, .marks = marks, .menu = &choices};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::enumeration(static_cast<std::uint16_t>(static_cast<const R&>(r).*Settings->*Member));
    };
    field.set = [](Core& core, Record& r, const Field&, const pv::Value& value) {
        core.pools.change(static_cast<R&>(r).*Settings,
                          [&](auto& settings) { settings.*Member = static_cast<T>(value.get<std::uint16_t>()); });
        return pv::Status{};
    };
    field.number = [](const Record& r) { return static_cast<double>(static_cast<const R&>(r).*Settings->*Member); };
    return field;
}

/// A text in shared settings: an array of char, filled up with NUL.
template <auto Settings, auto Member>
[[nodiscard]] Field shared_text(std::string_view name, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Settings>;
    using T = detail::TypeOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = Dbf::string, .size = sizeof(T), .marks = marks};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::of(detail::text_of(static_cast<const R&>(r).*Settings->*Member));
    };
    field.set = [](Core& core, Record& r, const Field&, const pv::Value& value) {
        core.pools.change(static_cast<R&>(r).*Settings, [&](auto& settings) {
            T& chars = settings.*Member;
            std::memset(chars, 0, sizeof chars);
            std::memcpy(chars, value.text().data(), std::min(value.text().size(), sizeof chars - 1));
        });
        return pv::Status{};
    };
    return field;
}

/// A field that seldom differs from its default (see starts_as()); `size` is a string's.
[[nodiscard]] inline Field cold(std::string_view name, Dbf type, std::string_view prompt, Mark marks = plain,
                                std::uint16_t size = 0)
{
    Field field{.name = name, .prompt = prompt, .type = type, .size = size, .marks = marks};
    field.get = [](const Core& core, const Record& r, const Field& f) { return core.cold.get(r, f); };
    field.set = [](Core& core, Record& r, const Field& f, const pv::Value& value) {
        core.cold.set(r, f, value);
        return pv::Status{};
    };
    return field;
}
[[nodiscard]] inline Field cold_text(std::string_view name, std::uint16_t size, std::string_view prompt,
                                     Mark marks = plain)
{
    return cold(name, Dbf::string, prompt, marks, size);
}
[[nodiscard]] inline Field cold_menu(std::string_view name, const Menu& choices, std::string_view prompt,
                                     Mark marks = plain)
{
    Field field = cold(name, Dbf::menu, prompt, marks);
    field.menu = &choices;
    return field;
}

/// A bit of the record's flags that EPICS shows as a byte.
template <Flag bit>
[[nodiscard]] Field flag(std::string_view name, std::string_view prompt, Mark marks = plain)
{
    Field field{.name = name, .prompt = prompt, .type = Dbf::uint8, .marks = marks};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::of(static_cast<std::uint8_t>(r.is(bit) ? 1 : 0));
    };
    field.set = [](Core&, Record& r, const Field&, const pv::Value& value) {
        r.set(bit, value.get<std::uint8_t>() != 0);
        return pv::Status{};
    };
    field.number = [](const Record& r) { return r.is(bit) ? 1.0 : 0.0; };
    return field;
}

namespace detail {

inline pv::Value link_value(const Core& core, const Record& r, const Field& f)
{
    return pv::Value::of(std::string_view(core.link_text(f.get_link(core, r, f))));
}
inline pv::Status link_from(Core& core, Record& r, const Field& f, const pv::Value& value)
{
    return core.put_link(r, f, value.text());
}

} // namespace detail

/// A link whose index is in the hot block.
template <auto Member>
[[nodiscard]] Field link(std::string_view name, Dbf direction, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = direction, .marks = marks};
    field.get = detail::link_value;
    field.set = detail::link_from;
    field.get_link = [](const Core&, const Record& r, const Field&) { return static_cast<const R&>(r).*Member; };
    field.set_link = [](Core&, Record& r, const Field&, LinkId link) { static_cast<R&>(r).*Member = link; };
    return field;
}

/// A link that few records have.
[[nodiscard]] inline Field cold_link(std::string_view name, Dbf direction, std::string_view prompt, Mark marks = plain)
{
    Field field{.name = name, .prompt = prompt, .type = direction, .marks = marks};
    field.get = detail::link_value;
    field.set = detail::link_from;
    field.get_link = [](const Core& core, const Record& r, const Field& f) {
        const pv::Value* const found = core.cold.find(r, f.index);
        return found == nullptr ? no_link : LinkId{found->get<std::uint32_t>()};
    };
    field.set_link = [](Core& core, Record& r, const Field& f, LinkId link) {
        core.cold.set(r, f, link == no_link ? f.initial_value : pv::Value::of(static_cast<std::uint32_t>(link)));
    };
    return field;
}

/// A field whose value a function makes, and another one stores (null: it cannot be put).
[[nodiscard]] inline Field computed(std::string_view name, Dbf type, Field::Get get, Field::Set set,
                                    std::string_view prompt, Mark marks = plain)
{
    return {.name = name, .prompt = prompt, .type = type, .marks = marks, .get = get, .set = set};
}

/// A field that exists, and that nobody can open.
[[nodiscard]] inline Field noaccess(std::string_view name, std::string_view prompt)
{
    return {.name = name, .prompt = prompt, .type = Dbf::noaccess, .marks = nomod};
}

} // namespace iochron::db
