#include "db/load/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace iochron::db::load {
namespace {

std::size_t find_reference(std::string_view text, std::size_t at)
{
    for (; (at = text.find('$', at)) != std::string_view::npos; ++at) {
        if (at + 1 < text.size() && (text[at + 1] == '(' || text[at + 1] == '{')) {
            return at;
        }
    }
    return text.size();
}

} // namespace

Input::Input(const Macros& macros, SearchPath search, Files& files, const base::Limits& limits)
    : expander_(macros, limits), search_(std::move(search)), files_(files), limits_(limits)
{}

void Input::include(std::string_view name, const Mark& from)
{
    if (frames_.size() >= limits_.include_depth) {
        throw problem_at(from,
                         fmt::format("files include one another deeper than {}: {}", limits_.include_depth, chain()));
    }
    SearchPath::Found found = search_.open(files_, name, from);
    push(found.path, std::move(found.file), from);
}

void Input::push(std::string_view name, FileText file, const Mark& from)
{
    const bool open = std::ranges::any_of(frames_, [&](const Frame& frame) { return *frame.cursor.file == name; }) ||
                      (cursor_.file != nullptr && *cursor_.file == name);
    if (open && !frames_.empty()) {
        throw problem_at(
            from, fmt::format("'{}' includes itself: {} > {}; take one of these includes out", name, chain(), name));
    }
    if (file.text.size() > limits_.file_bytes) {
        throw problem_at(from, fmt::format("'{}' has {} bytes, {} at most are read; split it", name, file.text.size(),
                                           limits_.file_bytes));
    }
    if (file.text.starts_with("\xEF\xBB\xBF")) {
        file.text.remove_prefix(3); // a byte order mark, which some editors write
    }
    if (!frames_.empty()) {
        frames_.back().cursor = cursor_;
    }
    const std::string& kept = names_.emplace_back(name);
    const char* const begin = file.text.data();
    cursor_ = {.at = begin, .end = begin, .line_begin = begin, .expanded = nullptr, .file = &kept, .line = 1};
    const std::size_t reference = find_reference(file.text, 0);
    frames_.push_back({cursor_, std::move(file), 0, reference, nullptr});
}

bool Input::skip_more()
{
    for (;;) {
        const char* at = cursor_.at;
        while (at != cursor_.end) {
            if (*at == '\n') {
                ++at;
                if (cursor_.expanded == nullptr) {
                    ++cursor_.line;
                    cursor_.line_begin = at;
                }
            } else if (*at == ' ' || *at == '\t' || *at == '\r') {
                ++at;
            } else if (*at == '#') {
                const void* const newline = std::memchr(at, '\n', static_cast<std::size_t>(cursor_.end - at));
                at = newline == nullptr ? cursor_.end : static_cast<const char*>(newline);
            } else {
                cursor_.at = at;
                return true;
            }
        }
        cursor_.at = at;
        if (!next_segment()) {
            return false;
        }
    }
}

bool Input::next_segment()
{
    if (frames_.empty()) {
        return false;
    }
    if (Frame& frame = frames_.back(); frame.next < frame.file.text.size()) {
        cut_segment(frame);
        return true;
    }
    if (frames_.size() == 1) {
        return false;
    }
    Frame& done = frames_.back();
    closed_.push_back(std::move(done.file));
    if (done.line) {
        spent_.push_back(std::move(done.line));
    }
    frames_.pop_back();
    cursor_ = frames_.back().cursor;
    return true;
}

void Input::cut_segment(Frame& frame)
{
    const std::string_view text = frame.file.text;
    if (frame.reference < frame.next) {
        frame.reference = find_reference(text, frame.next);
    }
    std::size_t stop = text.size();
    if (frame.reference < text.size()) {
        const std::size_t newline = text.rfind('\n', frame.reference);
        stop = newline == std::string_view::npos ? 0 : newline + 1;
    }
    if (stop <= frame.next) {
        expand_line(frame);
        return;
    }
    cursor_.at = text.data() + std::exchange(frame.next, stop);
    cursor_.end = text.data() + stop;
    cursor_.expanded = nullptr;
}

/// Makes the line at `next` the segment, without its newline, which begins the next segment.
void Input::expand_line(Frame& frame)
{
    const std::string_view text = frame.file.text;
    const std::size_t stop = std::min(text.find('\n', frame.reference), text.size());
    if (frame.line) {
        spent_.push_back(std::move(frame.line));
    }
    if (spare_.empty()) {
        spare_.push_back(std::make_unique<ExpandedLine>());
    }
    frame.line = std::move(spare_.back());
    spare_.pop_back();
    expander_.expand_line(text.substr(frame.next, stop - frame.next), {cursor_.file, cursor_.line, 1}, *frame.line);
    frame.next = stop;
    cursor_.expanded = frame.line.get();
    cursor_.at = frame.line->text.data();
    cursor_.end = cursor_.at + frame.line->text.size();
}

void Input::release()
{
    if (!spent_.empty()) {
        std::ranges::move(spent_, std::back_inserter(spare_));
        spent_.clear();
    }
    closed_.clear();
}

std::string Input::chain() const
{
    std::string files;
    for (const Frame& frame : frames_) {
        files += (files.empty() ? "" : " > ") + *frame.cursor.file;
    }
    return files;
}

} // namespace iochron::db::load
