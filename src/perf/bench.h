#pragma once

#include "perf/row.h"

#include <optional>
#include <string>
#include <vector>

namespace iochron::perf {

/// What `iochron bench` was asked for.
struct BenchOptions {
    std::vector<Row> rows;
    std::string program; ///< this program
    std::string json;    ///< file to write; empty: none
    std::string html;
    bool pin = true;
};

/// The rows of `--preset quick` (under 30 s in all) and `--preset seed` (the 67 published rows).
[[nodiscard]] std::vector<Row> quick_rows();
[[nodiscard]] std::vector<Row> seed_rows(double seconds);

/// Runs the rows, prints the table as they end (and progress, where standard error is a terminal), writes the files.
/// The exit status: 1 when a row failed.
int run_bench(const BenchOptions& options);

} // namespace iochron::perf
