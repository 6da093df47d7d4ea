#include "perf/bench.h"

#include "base/problem.h"
#include "perf/report.h"
#include "perf/scenario.h"

#include <fmt/core.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace iochron::perf {
namespace {

void write_file(const std::string& path, const std::string& text)
{
    if (path.empty()) {
        return;
    }
    std::ofstream file(path);
    file << text;
    if (!file.flush()) {
        throw base::Problem(fmt::format("{} cannot be written; does its folder exist?", path));
    }
}

/// One line on the terminal that is written over and over.
class Progress {
  public:
    explicit Progress(std::string row) : row_(std::move(row)), shown_(isatty(STDERR_FILENO) != 0) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { show(""); }

    void operator()(const std::string& what) const { show(fmt::format("{}: {}", row_, what)); }

  private:
    void show(const std::string& text) const
    {
        if (shown_) {
            fmt::print(stderr, "\r\033[K{}", text);
        }
    }

    std::string row_;
    bool shown_;
};

Result run(const Row& row, std::size_t number, const BenchOptions& options)
{
    const Progress progress(fmt::format("row {} of {}", number, options.rows.size()));
    return run_row(row, {options.program, options.pin, [&](const std::string& what) { progress(what); }});
}

} // namespace

std::vector<Row> quick_rows()
{
    return {{"softioc", "ca", 100, 100, 100, 10, 3},
            {"calc", "ca", 1000, 10, 1000, 1, 3},
            {"calc", "ca", 1000, 10, 1000, 100, 3},
            {"calc", "pva", 1000, 10, 1000, 10, 3},
            {"sharedpv", "pva", 100, 10, 100, 100, 3}};
}

std::vector<Row> seed_rows(double seconds)
{
    std::vector<Row> rows;
    for (const Published& p : published_rows()) {
        rows.push_back({std::string(p.server), std::string(p.client), p.server_pvs, p.rate_hz, p.client_pvs,
                        p.monitors_per_pv, seconds});
    }
    return rows;
}

int run_bench(const BenchOptions& options)
{
    fmt::print(
        "CPU in % of one core; kB/s are TCP payload as the kernel counts it on each process' sockets; in brackets\n"
        "the figures published for a Python IOC and its client in 2022, on other machines.\n\n{}",
        table_heading());
    std::fflush(stdout);
    std::vector<Result> results;
    for (const Row& row : options.rows) {
        results.push_back(run(row, results.size() + 1, options));
        fmt::print("{}", table_line(results.back()));
        std::fflush(stdout);
    }
    write_file(options.json, to_json(results));
    write_file(options.html, to_html(results));
    const auto failed = std::ranges::count_if(results, [](const Result& result) { return !result.passed(); });
    if (failed > 0) {
        fmt::print("\n{} of {} rows failed\n", failed, results.size());
    } else {
        fmt::print("\nall {} rows passed: nothing lost, repeated or out of order\n", results.size());
    }
    return failed > 0 ? 1 : 0;
}

} // namespace iochron::perf
