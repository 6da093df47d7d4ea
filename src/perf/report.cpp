#include "perf/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string_view>
#include <vector>

namespace iochron::perf {
namespace {

struct Column {
    std::string_view title;
    int width;
};

constexpr Column columns[] = {
    {"server", 8},     {"N PVs", 7}, {"Rate(Hz)", 8},    {"CPU(%)", 12}, {"Sent(kB/s)", 15}, {"Recv(kB/s)", 13},
    {"client", 6},     {"N PVs", 7}, {"N Monitors", 10}, {"CPU(%)", 12}, {"Sent(kB/s)", 13}, {"Recv(kB/s)", 15},
    {"Updates/s", 11}, {"Lost", 5},  {"Late", 5},        {"p50(us)", 8}, {"p99(us)", 8},     {"max(us)", 8},
};

/// Ours, and the published figure in brackets where there is one.
std::string beside(double ours, int digits, std::string_view published)
{
    const std::string text = fmt::format("{:.{}f}", ours, digits);
    return published.empty() ? text : fmt::format("{} ({})", text, published);
}

std::vector<std::string> cells(const Result& r)
{
    static constexpr Published none{};
    const Published* const found = published_for(r.row);
    const Published& p = found != nullptr ? *found : none;
    const bool failed = found != nullptr && p.server_cpu_pct.empty();
    const std::string_view server_cpu = failed ? std::string_view("failed") : p.server_cpu_pct;
    return {r.row.server,
            fmt::format("{}", r.row.server_pvs),
            fmt::format("{:g}", r.row.rate_hz),
            beside(r.server.cpu_pct, 1, server_cpu),
            beside(r.server.sent_kBps, 0, p.server_sent_kBps),
            beside(r.server.recv_kBps, 0, p.server_recv_kBps),
            r.row.client,
            fmt::format("{}", r.row.client_pvs),
            fmt::format("{}", r.row.monitors_per_pv),
            beside(r.client.cpu_pct, 1, p.client_cpu_pct),
            beside(r.client.sent_kBps, 0, p.client_sent_kBps),
            beside(r.client.recv_kBps, 0, p.client_recv_kBps),
            fmt::format("{:.0f}", r.updates_per_second()),
            fmt::format("{}", r.verdict.lost),
            fmt::format("{}", r.late),
            fmt::format("{}", r.p50_us),
            fmt::format("{}", r.p99_us),
            fmt::format("{}", r.max_us)};
}

std::string line_of(const std::vector<std::string>& texts)
{
    std::string line;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        line += fmt::format("{}{:>{}}", i == 0 ? "" : "  ", texts[i], columns[i].width);
    }
    return line + "\n";
}

nlohmann::json json_of(const Result& r)
{
    return {{"server", r.row.server},
            {"client", r.row.client},
            {"server_pvs", r.row.server_pvs},
            {"rate_hz", r.row.rate_hz},
            {"client_pvs", r.row.client_pvs},
            {"monitors_per_pv", r.row.monitors_per_pv},
            {"seconds", r.seconds},
            {"server_cpu_pct", r.server.cpu_pct},
            {"server_sent_kBps", r.server.sent_kBps},
            {"server_recv_kBps", r.server.recv_kBps},
            {"server_resident_bytes", r.server.resident_bytes},
            {"client_cpu_pct", r.client.cpu_pct},
            {"client_sent_kBps", r.client.sent_kBps},
            {"client_recv_kBps", r.client.recv_kBps},
            {"client_resident_bytes", r.client.resident_bytes},
            {"updates_expected", r.updates_expected},
            {"updates_received", r.updates_received},
            {"updates_sent_in_all", r.updates_sent},
            {"updates_received_in_all", r.verdict.received},
            {"updates_per_second", r.updates_per_second()},
            {"updates_lost", r.verdict.lost},
            {"updates_repeated", r.verdict.repeated},
            {"updates_misordered", r.verdict.misordered},
            {"updates_wrong", r.verdict.wrong},
            {"updates_coalesced", r.coalesced},
            {"subscriptions_silent", r.verdict.silent},
            {"processed_share", r.processed_share},
            {"scans_late", r.late},
            {"scans_skipped", r.skipped},
            {"latency_p50_us", r.p50_us},
            {"latency_p99_us", r.p99_us},
            {"latency_max_us", r.max_us},
            {"passed", r.passed()},
            {"failures", r.failures}};
}

} // namespace

std::string table_heading()
{
    std::vector<std::string> titles;
    std::vector<std::string> rules;
    for (const Column& column : columns) {
        titles.emplace_back(column.title);
        rules.emplace_back(static_cast<std::size_t>(column.width), '=');
    }
    return line_of(rules) + line_of(titles) + line_of(rules);
}

std::string table_line(const Result& result)
{
    std::string line = line_of(cells(result));
    if (const Published* const found = published_for(result.row); found != nullptr && !found->note.empty()) {
        line += fmt::format("        published: {}\n", found->note);
    }
    for (const std::string& failure : result.failures) {
        line += fmt::format("        FAILED: {}\n", failure);
    }
    return line;
}

std::string to_json(std::span<const Result> results)
{
    nlohmann::json rows = nlohmann::json::array();
    for (const Result& result : results) {
        rows.push_back(json_of(result));
    }
    return nlohmann::json{{"rows", rows}}.dump(2) + "\n";
}

std::string to_html(std::span<const Result> results)
{
    std::string html = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>iochron bench</title>"
                       "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
                       "td,th{border:1px solid #bbb;padding:.3em .6em;text-align:right}.failed{background:#fdd}"
                       "</style></head><body><h1>iochron bench</h1><p>Every update counted. In brackets: the published "
                       "figures of a Python IOC for the same row, on other machines.</p><table><tr>";
    for (const Column& column : columns) {
        html += fmt::format("<th>{}</th>", column.title);
    }
    html += "</tr>\n";
    for (const Result& result : results) {
        html += result.passed() ? "<tr>" : "<tr class=\"failed\">";
        for (std::string cell : cells(result)) {
            for (std::size_t at = 0; (at = cell.find('<', at)) != std::string::npos; at += 4) {
                cell.replace(at, 1, "&lt;");
            }
            html += fmt::format("<td>{}</td>", cell);
        }
        html += "</tr>\n";
    }
    return html + "</table></body></html>\n";
}

} // namespace iochron::perf
