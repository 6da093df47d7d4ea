#pragma once

#include "pv/alarm.h"
#include "pv/scalar_type.h"
#include "pv/type.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::pv {

struct Range {
    double low = 0;
    double high = 0;

    bool operator==(const Range&) const = default;
};

/// The text of an enumeration's value that is beyond its choices, as EPICS base's record types have it.
enum class NoChoice : std::uint8_t {
    words,       ///< "Illegal Value"; the number where there are no choices at all
    underscored, ///< bi and bo: empty for 0 and 1, else "Illegal_Value"
    states,      ///< mbbi and mbbo: empty up to the sixteenth, else "Illegal Value"
    number,      ///< menus: the number
};

/// Text which EPICS base gives to Channel Access by rules of its own (dbGet): what DBR types it has, and where it ends.
enum class TextKind : std::uint8_t {
    plain,
    long_string, ///< a text field as characters ("REC.DESC$")
    link,        ///< a link field, with or without '$'
    attribute,   ///< RTYP
};

/// How clients are asked to show a number: pvAccess' display.form (Q:form in QSRV).
enum class DisplayForm : std::uint8_t { standard, text, binary, decimal, hex, exponential, engineering };

/// Their names in display.form.choices.
inline constexpr std::array<std::string_view, 7> display_form_names = {
    "Default", "String", "Binary", "Decimal", "Hex", "Exponential", "Engineering"};

/// All about a PV that changes seldom: what it is, its units, limits and choices. Immutable once made; a channel whose
/// properties change gets a new one. CA's GR and CTRL types and pvAccess' display, control and valueAlarm come from it.
struct Meta {
    static constexpr double no_limit = std::numeric_limits<double>::quiet_NaN();

    ScalarType type = ScalarType::none; ///< of an element
    bool is_array = false;
    std::uint32_t max_count = 1;  ///< elements an array can hold at the most
    std::int16_t precision = 0;   ///< digits behind the point
    bool lacks_precision = false; ///< a number as text has six of them all the same
    NoChoice no_choice = NoChoice::words;
    TextKind text = TextKind::plain;
    DisplayForm form = DisplayForm::standard;
    bool characters_are_text = false; ///< an array of int8 is a string to pvAccess
    bool lacks_alarm_limits = false;  ///< its record type has none; pvAccess shows zeros
    std::uint8_t time_tag_bits = 0;   ///< so many low bits of the nanoseconds are the user tag to pvAccess
    std::string units;
    std::string description; ///< DESC
    std::string record_type; ///< RTYP; empty where there is no record
    Range display;
    Range control;
    double hihi = no_limit; ///< alarm limits; NaN where there is none
    double high = no_limit;
    double low = no_limit;
    double lolo = no_limit;
    Severity hihi_severity = Severity::no_alarm;
    Severity high_severity = Severity::no_alarm;
    Severity low_severity = Severity::no_alarm;
    Severity lolo_severity = Severity::no_alarm;
    double hysteresis = 0;
    std::vector<std::string> choices; ///< of an enumeration
    TypeRef structure;                ///< of a PV that is a structure (type is `structure`); null for all others

    /// A limit that is none equals one that is none.
    bool operator==(const Meta& other) const;
};

using MetaRef = std::shared_ptr<const Meta>;

} // namespace iochron::pv
