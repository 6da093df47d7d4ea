#include "base/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>
#include <vector>

namespace iochron::base {
namespace {

bool same_letter(char a, char b)
{
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

/// Levenshtein's distance, one row at a time.
std::size_t edits(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t substituted = diagonal + (same_letter(a[i], b[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

} // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known)
{
    constexpr std::size_t longest = 64;
    std::string_view best;
    std::size_t fewest = word.size() / 3 + 1;
    for (const std::string_view candidate : known) {
        if (word.size() > longest || candidate.size() > longest) {
            continue;
        }
        if (const std::size_t distance = edits(word, candidate);
            distance < fewest || (best.empty() && distance == fewest)) {
            fewest = distance;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known)
{
    const std::string_view meant = nearest(word, known);
    return meant.empty() ? std::string{} : fmt::format("; did you mean '{}'?", meant);
}

} // namespace iochron::base
