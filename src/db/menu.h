#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace iochron::db {

/// A menu of EPICS Base: fixed choices, whose index is the value of a field.
struct Menu {
    std::string_view name;
    std::span<const std::string_view> choices;
};

extern const Menu menu_scan; ///< base's ten choices; a database appends the periods that its files name
extern const Menu menu_pini;
extern const Menu menu_severity;
extern const Menu menu_alarm_status;
extern const Menu menu_yes_no;
extern const Menu menu_priority;
extern const Menu menu_convert;
extern const Menu menu_simulation;
extern const Menu menu_post;
extern const Menu menu_invalid_output;
extern const Menu menu_output_mode;
extern const Menu menu_field_type;

/// menuScan's fixed indices.
enum : unsigned char { scan_passive, scan_event, scan_io_intr, scan_first_period };

enum class Pini : unsigned char { no, yes, run, running, pause, paused };

/// The index of the choice that is spelt so.
[[nodiscard]] std::optional<unsigned> index_of(std::span<const std::string_view> choices, std::string_view text);

} // namespace iochron::db
