// What a name asks for, as filters.
#include "db/filter.h"

#include "db/filter_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace iochron::db {

namespace {

void add_arr(Filters& filters, const FilterSettings& settings, const States&)
{
    static constexpr std::array<std::string_view, 3> names = {"s", "i", "e"};
    Elements made;
    settings.each(names, [&](std::size_t place, const FilterSetting& setting) {
        const std::int32_t number = settings.whole(setting);
        if (place == 0) {
            made.start = number;
        } else if (place == 1) {
            made.step = number <= 0 ? 1 : number;
        } else {
            made.end = number;
        }
    });
    filters.shaping.emplace_back(made);
}

void add_dbnd(Filters& filters, const FilterSettings& settings, const States&)
{
    static constexpr std::array<std::string_view, 4> names = {"d", "m", "abs", "rel"};
    static constexpr std::array<SettingChoice, 2> modes = {{{"abs", 0}, {"rel", 1}}};
    Deadband made;
    settings.each(names, [&](std::size_t place, const FilterSetting& setting) {
        if (place == 1) {
            made.relative = settings.choice(setting, modes, true) == 1;
            return;
        }
        made.given = settings.real(setting);
        if (place >= 2) {
            made.relative = place == 3;
        }
    });
    made.size = made.given;
    filters.passing.emplace_back(made);
}

void add_dec(Filters& filters, const FilterSettings& settings, const States&)
{
    static constexpr std::array<std::string_view, 1> names = {"n"};
    Decimation made{.each = 0};
    settings.each(names, [&](std::size_t, const FilterSetting& setting) { made.each = settings.integer(setting); });
    if (made.each < 1) {
        settings.fail("wants 'n', of 1 at least");
    }
    filters.passing.emplace_back(made);
}

void add_utag(Filters& filters, const FilterSettings& settings, const States&)
{
    static constexpr std::array<std::string_view, 2> names = {"M", "V"};
    TagMatch made;
    settings.each(names, [&](std::size_t place, const FilterSetting& setting) {
        (place == 0 ? made.mask : made.value) = static_cast<std::uint64_t>(std::int64_t{settings.whole(setting)});
    });
    filters.passing.emplace_back(made);
}

void add_sync(Filters& filters, const FilterSettings& settings, const States& states)
{
    static constexpr std::array<std::string_view, 8> names = {"m",    "s",     "before", "first",
                                                              "last", "after", "while",  "unless"};
    static constexpr std::array<SettingChoice, 6> modes = {
        {{"before", 0}, {"first", 1}, {"last", 2}, {"after", 3}, {"while", 4}, {"unless", 5}}};
    constexpr std::size_t longest = 19; // base cuts a state's name here
    std::optional<int> mode;
    std::optional<std::string> state;
    settings.each(names, [&](std::size_t place, const FilterSetting& setting) {
        if (place == 0) {
            mode = settings.choice(setting, modes, true);
            return;
        }
        if (place >= 2) {
            mode = static_cast<int>(place) - 2;
        }
        state = settings.text(setting).substr(0, longest);
    });
    if (!mode || !state) {
        settings.fail("wants a mode and a state: {while:'name'}");
    }
    const auto found = states.find(*state);
    if (found == states.end()) {
        settings.fail(fmt::format("finds no state '{}': dbStateCreate makes one", *state));
    }
    filters.passing.emplace_back(
        Synchronization{.mode = static_cast<Synchronization::Mode>(*mode), .state = &found->second});
}

void add_ts(Filters& filters, const FilterSettings& settings, const States&)
{
    using Form = StampValue::Form;
    static constexpr std::array<std::string_view, 3> names = {"num", "epoch", "str"};
    static constexpr std::array<SettingChoice, 4> numbers = {{{"dbl", static_cast<int>(Form::number)},
                                                              {"sec", static_cast<int>(Form::seconds)},
                                                              {"nsec", static_cast<int>(Form::nanoseconds)},
                                                              {"ts", static_cast<int>(Form::both)}}};
    static constexpr std::array<SettingChoice, 2> epochs = {{{"epics", 0}, {"unix", 1}}};
    static constexpr std::array<SettingChoice, 2> texts = {
        {{"epics", static_cast<int>(Form::text)}, {"iso", static_cast<int>(Form::iso)}}};
    std::optional<int> number;
    std::optional<int> text;
    bool posix = false;
    settings.each(names, [&](std::size_t place, const FilterSetting& setting) {
        if (place == 0) {
            number = settings.choice(setting, numbers, false);
        } else if (place == 1) {
            posix = settings.choice(setting, epochs, false) == 1;
        } else {
            text = settings.choice(setting, texts, false);
        }
    });
    const std::optional<int> form = text ? text : number;
    if (form) {
        filters.shaping.emplace_back(StampValue{.form = static_cast<Form>(*form), .posix = posix});
    } else {
        filters.passing.emplace_back(StampNow{});
    }
}

struct Kind {
    std::string_view name;
    void (*add)(Filters&, const FilterSettings&, const States&);
};

constexpr std::array kinds = {Kind{"arr", add_arr},   Kind{"dbnd", add_dbnd}, Kind{"dec", add_dec},
                              Kind{"sync", add_sync}, Kind{"ts", add_ts},     Kind{"utag", add_utag}};

} // namespace

std::expected<std::unique_ptr<Filters>, std::string> make_filters(std::string_view text, const States& states)
{
    const auto specs = parse_filters(text);
    if (!specs) {
        return std::unexpected(
            fmt::format("{}, at column {} of the filters", specs.error().what, specs.error().offset + 1));
    }
    if (specs->empty()) {
        return nullptr;
    }
    auto filters = std::make_unique<Filters>();
    for (const FilterSpec& spec : *specs) {
        const auto* const kind = std::ranges::find(kinds, spec.name, &Kind::name);
        if (kind == kinds.end()) {
            return std::unexpected(fmt::format("there is no filter '{}'", spec.name));
        }
        try {
            kind->add(*filters, FilterSettings(spec), states);
        } catch (const FilterSettings::Wrong& wrong) {
            return std::unexpected(wrong.what);
        }
    }
    return filters;
}

} // namespace iochron::db
