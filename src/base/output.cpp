#include "base/output.h"

#include <algorithm>
#include <utility>

namespace iochron::base {
namespace {

constexpr auto mark_spacing = std::chrono::milliseconds(50);

} // namespace

BlockPool::Block BlockPool::take()
{
    if (free_.empty()) {
        return Block(new std::byte[block_bytes]);
    }
    Block block = std::move(free_.back());
    free_.pop_back();
    return block;
}

void BlockPool::give_back(Block block)
{
    if (free_.size() < kept_) {
        free_.push_back(std::move(block));
    }
}

Output::Output(Output&& other) noexcept : pool_(other.pool_)
{
    *this = std::move(other);
}

Output& Output::operator=(Output&& other) noexcept
{
    if (this != &other) {
        clear();
        pool_ = other.pool_;
        segments_ = std::exchange(other.segments_, {});
        marks_ = std::exchange(other.marks_, {});
        begin_ = std::exchange(other.begin_, nullptr);
        end_ = std::exchange(other.end_, nullptr);
        limit_ = std::exchange(other.limit_, nullptr);
        closed_ = std::exchange(other.closed_, 0);
        written_ = std::exchange(other.written_, 0);
    }
    return *this;
}

void Output::open_segment(std::size_t n)
{
    close_segment();
    Segment segment;
    std::size_t room = BlockPool::block_bytes;
    if (n <= room) {
        segment.block = pool_->take();
        begin_ = segment.block.get();
    } else { // a frame larger than a block has memory of its own, which is no payload of an earlier frame
        segment.block = nullptr;
        auto memory = std::make_shared_for_overwrite<std::byte[]>(n);
        begin_ = memory.get();
        segment.owner = std::move(memory);
        room = n;
    }
    segment.begin = end_ = begin_;
    limit_ = begin_ + room;
    segments_.push_back(std::move(segment));
}

void Output::close_segment()
{
    if (begin_ == nullptr) {
        return;
    }
    segments_.back().size = static_cast<std::size_t>(end_ - begin_);
    closed_ += segments_.back().size;
    begin_ = end_ = limit_ = nullptr;
}

void Output::release(Segment& segment)
{
    if (segment.block) {
        pool_->give_back(std::move(segment.block));
    }
    segment.owner.reset();
}

void Output::share(std::span<const std::byte> bytes, std::shared_ptr<const void> owner)
{
    if (bytes.empty()) {
        return;
    }
    close_segment();
    segments_.push_back({nullptr, std::move(owner), bytes.data(), bytes.size(), 0, true});
    closed_ += bytes.size();
}

void Output::splice(Output& other)
{
    if (other.empty()) {
        return;
    }
    close_segment();
    other.close_segment();
    closed_ += other.closed_ - other.written_;
    std::move(other.segments_.begin(), other.segments_.end(), std::back_inserter(segments_));
    other.segments_.clear();
    other.marks_.clear();
    other.written_ = other.closed_;
}

void Output::splice(Output& other, std::size_t enough)
{
    close_segment();
    other.close_segment();
    std::size_t moved = 0;
    while (!other.segments_.empty() && (moved < enough || other.segments_.front().payload)) {
        Segment& first = other.segments_.front();
        moved += first.size - first.written;
        segments_.push_back(std::move(first));
        other.segments_.pop_front();
    }
    closed_ += moved;
    other.forget_written(moved);
}

void Output::forget_written(std::size_t n)
{
    written_ += n;
    while (!marks_.empty() && marks_.front().produced <= written_) {
        marks_.pop_front();
    }
}

void Output::clear()
{
    close_segment();
    for (Segment& segment : segments_) {
        release(segment);
    }
    segments_.clear();
    marks_.clear();
    written_ = closed_;
}

std::size_t Output::gather(std::span<std::span<const std::byte>> pieces) const
{
    std::size_t filled = 0;
    for (const Segment& segment : segments_) {
        if (filled == pieces.size()) {
            break;
        }
        const bool open = begin_ != nullptr && segment.begin == begin_;
        const std::size_t size = open ? static_cast<std::size_t>(end_ - begin_) : segment.size;
        if (size > segment.written) {
            pieces[filled++] = {segment.begin + segment.written, size - segment.written};
        }
    }
    return filled;
}

void Output::consume(std::size_t n)
{
    forget_written(n);
    while (n > 0) {
        Segment& first = segments_.front();
        const bool open = begin_ != nullptr && segments_.size() == 1;
        const std::size_t size = open ? static_cast<std::size_t>(end_ - begin_) : first.size;
        const std::size_t taken = std::min(n, size - first.written);
        first.written += taken;
        n -= taken;
        if (first.written < size) {
            break;
        }
        if (open) { // all is written: an idle connection holds no block
            close_segment();
        }
        release(first);
        segments_.pop_front();
    }
}

void Output::mark(Steady now)
{
    if (empty()) {
        marks_.clear();
    } else if (marks_.empty() || (now - marks_.back().time >= mark_spacing && marks_.back().produced < produced())) {
        marks_.push_back({produced(), now});
    }
}

Steady Output::oldest() const
{
    return marks_.empty() ? never : marks_.front().time;
}

void Output::keep_payload(Segment& segment)
{
    close_segment();
    closed_ += segments_.empty() ? segment.size - segment.written : segment.size;
    segments_.push_back(std::move(segment));
}

/// Of a frame of which nothing is written yet.
void Output::amend_payload(Segment& segment, std::vector<std::byte> end)
{
    segment.size -= 1;
    if (segment.size > 0) {
        keep_payload(segment);
    }
    const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(end));
    share(*owner, owner);
}

void Output::keep_frame(const Segment& from, std::span<const std::byte> frame, std::size_t written)
{
    if (written > 0) { // only ever the first frame kept: it stays whole, so that it can still be told where it ends
        closed_ -= written;
    }
    if (from.block) {
        append(frame);
    } else {
        close_segment();
        segments_.push_back({nullptr, from.owner, frame.data(), frame.size(), 0, false});
        closed_ += frame.size();
    }
    if (written > 0) {
        segments_.front().written = written;
    }
}

} // namespace iochron::base
