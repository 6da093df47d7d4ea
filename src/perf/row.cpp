#include "perf/row.h"

#include <algorithm>
#include <array>

namespace iochron::perf {
namespace {

// From the published performance tests of softioc 4.1.0 with aioca 1.4 (20 s each, CPU by top, network by psutil).
constexpr std::array<Published, 25> rows = {{
    {"softioc", 0, 0, 0, 0, "0", "6", "6", "0", "1", "0", ""},
    {"softioc", 1, 100, 1, 1000, "6", "520", "3", "120", "2", "528", ""},
    {"softioc", 1, 10, 1, 1000, "1", "245", "5", "61", "3", "245", ""},
    {"softioc", 1000, 10, 1000, 1, "126", "915", "340", "71", "330", "915", ""},
    {"softioc", 500, 10, 500, 1, "60", "460", "335", "45", "335", "460", ""},
    {"softioc", 100, 100, 1, 100, "90", "257", "12", "58", "23", "280", ""},
    {"softioc", 100, 100, 100, 10, "95", "516", "12", "120", "3", "506", ""},
    {"softioc", 100, 100, 100, 50, "105", "520", "10", "120", "3", "512", ""},
    {"softioc", 100, 100, 100, 70, "", "", "", "", "", "", "server failed: cbLow ring buffer full"},
    {"calc", 1, 10, 1, 1, "<1", "1", "1", "<1", "1", "1", ""},
    {"calc", 1, 10, 1, 10, "<1", "3", "1", "1", "1", "3", ""},
    {"calc", 1, 10, 1, 100, "<1", "25", "1", "9", "1", "25", ""},
    {"calc", 1, 10, 1, 1000, "1", "245", "3", "60", "1", "244", ""},
    {"calc", 10, 10, 10, 1, "<1", "3", "1", "1", "1", "3", ""},
    {"calc", 10, 10, 10, 10, "<1", "26", "2", "8", "2", "26", ""},
    {"calc", 10, 10, 10, 100, "4", "250", "5", "58", "6", "248", ""},
    {"calc", 10, 10, 10, 1000, "3", "455", "2", "120", "2", "450", ""},
    {"calc", 100, 10, 100, 1, "<1", "25", "2", "8", "2", "25", ""},
    {"calc", 100, 10, 100, 10, "5", "250", "8", "57", "6", "250", ""},
    {"calc", 100, 10, 100, 100, "4", "500", "3", "120", "2", "500", ""},
    {"calc", 100, 10, 100, 1000, "30", "1700", "120", "140", "120", "1700", ""},
    {"calc", 1000, 10, 1000, 1, "7", "260", "11", "60", "10", "256", ""},
    {"calc", 1000, 10, 1000, 10, "11", "550", "2", "120", "2", "550", ""},
    {"calc", 1000, 10, 1000, 100, "20", "1700", "130", "132", "170", "1700", ""},
    {"calc", 1000, 10, 1000, 1000, "130", "1750", "70", "140", "80", "1750", ""},
}};

} // namespace

std::span<const Published> published_ca_rows()
{
    return rows;
}

const Published* published_for(const Row& row)
{
    const auto same = [&](const Published& p) {
        return row.client == "ca" && p.server == row.server && p.server_pvs == row.server_pvs &&
               p.rate_hz == row.rate_hz && p.client_pvs == row.client_pvs && p.monitors_per_pv == row.monitors_per_pv;
    };
    const auto found = std::ranges::find_if(rows, same);
    return found == rows.end() ? nullptr : &*found;
}

} // namespace iochron::perf
