#include "db/menu.h"

#include "pv/alarm.h"

#include <array>

namespace iochron::db {

namespace {

using Text = std::string_view;

constexpr std::array<Text, 10> scan = {"Passive",  "Event",    "I/O Intr",  "10 second", "5 second",
                                       "2 second", "1 second", ".5 second", ".2 second", ".1 second"};
constexpr std::array<Text, 6> pini = {"NO", "YES", "RUN", "RUNNING", "PAUSE", "PAUSED"};
constexpr std::array<Text, 2> yes_no = {"NO", "YES"};
constexpr std::array<Text, 3> priority = {"LOW", "MEDIUM", "HIGH"};
constexpr std::array<Text, 15> linearization = {"NO CONVERSION",       "SLOPE",     "LINEAR",    "typeKdegF",
                                                "typeKdegC",           "typeJdegF", "typeJdegC", "typeEdegF(ixe only)",
                                                "typeEdegC(ixe only)", "typeTdegF", "typeTdegC", "typeRdegF",
                                                "typeRdegC",           "typeSdegF", "typeSdegC"};
constexpr std::array<Text, 3> simulation = {"NO", "YES", "RAW"};
constexpr std::array<Text, 2> post = {"On Change", "Always"};
constexpr std::array<Text, 3> invalid_output = {"Continue normally", "Don't drive outputs", "Set output to IVOV"};
constexpr std::array<Text, 2> output_mode = {"supervisory", "closed_loop"};
constexpr std::array<Text, 12> field_type = {"STRING", "CHAR",  "UCHAR",  "SHORT", "USHORT", "LONG",
                                             "ULONG",  "INT64", "UINT64", "FLOAT", "DOUBLE", "ENUM"};

} // namespace

const Menu menu_scan{"menuScan", scan};
const Menu menu_pini{"menuPini", pini};
const Menu menu_severity{"menuAlarmSevr", pv::severity_names};
const Menu menu_alarm_status{"menuAlarmStat", pv::alarm_status_names};
const Menu menu_yes_no{"menuYesNo", yes_no};
const Menu menu_priority{"menuPriority", priority};
const Menu menu_convert{"menuConvert", linearization};
const Menu menu_simulation{"menuSimm", simulation};
const Menu menu_post{"menuPost", post};
const Menu menu_invalid_output{"menuIvoa", invalid_output};
const Menu menu_output_mode{"menuOmsl", output_mode};
const Menu menu_field_type{"menuFtype", field_type};

std::optional<unsigned> index_of(std::span<const std::string_view> choices, std::string_view text)
{
    for (unsigned i = 0; i < choices.size(); ++i) {
        if (choices[i] == text) {
            return i;
        }
    }
    return {};
}

} // namespace iochron::db
