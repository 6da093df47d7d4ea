#pragma once

#include "db/accessor.h"
#include "db/simulation.h"

namespace iochron::db {

/// What stringin and stringout begin with: 40 bytes with the terminating NUL.
struct TextRecord : Record {
    using Text = char[40];

    Text val = {};
    Text oval = {};
    std::uint8_t mpst = 0;
    std::uint8_t apst = 0;

    [[nodiscard]] std::string_view text() const { return detail::text_of(val); }
    void store(std::string_view fresh);
    void begin() { std::memcpy(oval, val, sizeof oval); }
    /// Takes a constant that a link holds.
    void init_from(Core& core, LinkId link);
    /// Reads a link; what it is called for raises LINK/INVALID where that fails.
    [[nodiscard]] bool read(Cycle& cycle, LinkId link);
    /// The new alarm, and VAL posted if it is another or always is to be.
    void post_changes(Cycle& cycle);
};

/// A text in the hot block.
template <auto Member>
[[nodiscard]] Field hot_text(std::string_view name, std::string_view prompt, Mark marks = plain)
{
    using R = detail::OwnerOf<Member>;
    using T = detail::TypeOf<Member>;
    Field field{.name = name, .prompt = prompt, .type = Dbf::string, .size = sizeof(T), .marks = marks};
    field.get = [](const Core&, const Record& r, const Field&) {
        return pv::Value::of(detail::text_of(static_cast<const R&>(r).*Member));
    };
    field.set = [](Core&, Record& r, const Field&, const pv::Value& value) {
        T& chars = static_cast<R&>(r).*Member;
        std::memset(chars, 0, sizeof chars);
        std::memcpy(chars, value.text().data(), std::min(value.text().size(), sizeof chars - 1));
        return pv::Status{};
    };
    return field;
}

/// VAL, OVAL, MPST and APST.
[[nodiscard]] std::vector<Field> text_table(std::string_view prompt);

/// User code's value.
pv::Status accept_text(Core& core, Record& record, const pv::Value& value);

} // namespace iochron::db
