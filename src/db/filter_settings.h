#pragma once

#include "db/filter_text.h"

#include <expected>
#include <optional>
#include <span>

namespace iochron::db {

/// A word that stands for a number in a setting.
struct SettingChoice {
    std::string_view name;
    int value = 0;
};

/// A filter as a name asks for it, read by the rules of EPICS base (chfPlugin.c): a key, and a word of a choice, stand
/// for the first name that begins with them ("" for the very first). Whatever is wrong throws words.
/// Thread: any (distinct objects)
class FilterSettings {
  public:
    /// Thrown: what is wrong, for the log.
    struct Wrong {
        std::string what;
    };

    explicit FilterSettings(const FilterSpec& spec) : spec_(spec) {}

    /// Calls `take(index of the name in `names`, setting)` for each setting, in the order of the text.
    template <class Take>
    void each(std::span<const std::string_view> names, Take take) const
    {
        for (const FilterSetting& setting : spec_.settings) {
            const std::size_t at = place(setting.key, names);
            if (!std::holds_alternative<std::monostate>(setting.value)) {
                take(at, setting);
            }
        }
    }
    /// Exactly an integer.
    [[nodiscard]] std::int32_t integer(const FilterSetting& setting) const;
    /// Anything that makes a 32-bit integer: a fraction is cut off, a text read as C writes integers.
    [[nodiscard]] std::int32_t whole(const FilterSetting& setting) const;
    /// Anything that makes a number.
    [[nodiscard]] double real(const FilterSetting& setting) const;
    [[nodiscard]] const std::string& text(const FilterSetting& setting) const;
    /// A word of the choices; with `numbers` also the number that one stands for.
    [[nodiscard]] int choice(const FilterSetting& setting, std::span<const SettingChoice> choices, bool numbers) const;
    [[noreturn]] void fail(std::string_view what) const;

  private:
    [[nodiscard]] std::size_t place(std::string_view key, std::span<const std::string_view> names) const;
    [[noreturn]] void refuse(const FilterSetting& setting, std::string_view wanted) const;

    const FilterSpec& spec_;
};

} // namespace iochron::db
