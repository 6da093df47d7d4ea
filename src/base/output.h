#pragma once

#include "base/time.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace iochron::base {

/// Blocks of 64 KiB that the outputs of one shard share, so that memory follows the bytes that wait, not the number
/// of connections. Keeps at most `kept` free blocks.
/// Thread: shard
class BlockPool {
  public:
    static constexpr std::size_t block_bytes = 64u << 10;
    using Block = std::unique_ptr<std::byte[]>;

    explicit BlockPool(std::size_t kept = 1024) : kept_(kept) {}
    [[nodiscard]] Block take();
    void give_back(Block block);

  private:
    std::vector<Block> free_;
    std::size_t kept_;
};

/// Bytes that wait to be written to one stream: a list of segments. Frames (whole messages) are written into blocks
/// with grow(), and a frame made so never straddles two segments. Large payloads are shared by reference with
/// share(), right behind the frame that holds their header.
/// Thread: shard
class Output {
  public:
    explicit Output(BlockPool& pool) : pool_(&pool) {}
    Output(Output&& other) noexcept;
    Output& operator=(Output&& other) noexcept;
    ~Output() { clear(); }

    // hot: a compare and an add; a block from the pool every 64 KiB.
    /// Room for a frame of n bytes at the end, contiguous, to be filled by the caller at once. Any n.
    std::byte* grow(std::size_t n)
    {
        if (static_cast<std::size_t>(limit_ - end_) < n) {
            open_segment(n);
        }
        std::byte* const at = end_;
        end_ += n;
        return at;
    }
    /// Bytes that grow() gives without opening a block: frames of one size are grown many at once.
    [[nodiscard]] std::size_t room() const { return static_cast<std::size_t>(limit_ - end_); }
    /// Gives back the last n bytes of the frame that was just grown.
    void shrink(std::size_t n) { end_ -= n; }
    void append(std::span<const std::byte> frame)
    {
        if (!frame.empty()) { // nothing may be at no address, which memcpy does not take
            std::memcpy(grow(frame.size()), frame.data(), frame.size());
        }
    }
    /// Bytes that stay where they are until written; `owner` keeps them.
    void share(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);
    /// Moves all of `other` (of the same pool, no frame of it partly written) to the end of this.
    void splice(Output& other);
    /// Moves the first segments of `other` (of the same pool) to the end of this, until at least `enough` bytes have
    /// moved or none are left. A frame that is partly written moves as what it is, so this must be empty then.
    void splice(Output& other, std::size_t enough);
    void clear();

    [[nodiscard]] bool empty() const { return size() == 0; }
    /// Bytes that wait.
    [[nodiscard]] std::size_t size() const { return produced() - written_; }
    /// Bytes ever appended, and ever written.
    [[nodiscard]] std::uint64_t produced() const { return closed_ + static_cast<std::uint64_t>(end_ - begin_); }
    [[nodiscard]] std::uint64_t written() const { return written_; }

    /// The first pieces that wait, in order; gives how many of `pieces` were filled.
    std::size_t gather(std::span<std::span<const std::byte>> pieces) const;
    /// The first n bytes have been written.
    void consume(std::size_t n);

    /// Notes that what waits now was there at `now`, for oldest(). Cheap; call it at the end of each turn.
    void mark(Steady now);
    /// About when (to 50 ms) the first byte that waits was appended, or `never` where nothing marked waits.
    [[nodiscard]] Steady oldest() const;

    /// Walks the frames that wait whole, oldest first, and drops those for which keep(frame) is false; gives the bytes
    /// dropped. What was partly written stays. `frame_bytes(header) -> std::size_t` tells the whole length of the
    /// frame that starts with the given bytes; the frame given to keep ends where the shared payload begins.
    template <class FrameBytes, class Keep>
    std::size_t retain(FrameBytes frame_bytes, Keep keep)
    {
        return retain(frame_bytes, keep, [](std::span<const std::byte>) { return static_cast<Amendment*>(nullptr); });
    }
    /// What takes the place of a frame that is kept: all of it up to where its payload begins, and of the payload's
    /// last byte, where there is one.
    struct Amendment {
        std::vector<std::byte> head;
        std::vector<std::byte> end;
    };
    /// The same, where `amend(frame) -> Amendment*` is asked of each frame that is kept; null leaves it as it is.
    template <class FrameBytes, class Keep, class Amend>
    std::size_t retain(FrameBytes frame_bytes, Keep keep, Amend amend);
    /// Moves the first frame of `other`, of which nothing is written, to the end of this: its own bytes are copied.
    template <class FrameBytes>
    void take_frame(Output& other, FrameBytes frame_bytes);
    /// Shows see(frame) the frames that retain() would offer to keep, oldest first, and changes nothing.
    template <class FrameBytes, class See>
    void walk(FrameBytes frame_bytes, See see) const;

  private:
    struct Segment {
        BlockPool::Block block;            ///< null where the bytes are shared or have an owner of their own
        std::shared_ptr<const void> owner; ///< of bytes that are in no block
        const std::byte* begin = nullptr;
        std::size_t size = 0; ///< of a closed segment
        std::size_t written = 0;
        bool payload = false; ///< shared bytes that belong to the frame before; else frames start here
    };

    /// The next frame's place is known only when this one's is read: without help each would wait for memory.
    static void fetch_ahead(std::span<const std::byte> segment, std::size_t at)
    {
        constexpr std::size_t ahead = 1024;
        __builtin_prefetch(segment.data() + std::min(at + ahead, segment.size()));
    }
    void open_segment(std::size_t n);
    void close_segment();
    void release(Segment& segment);
    void forget_written(std::size_t n); ///< n more bytes wait no longer
    void keep_payload(Segment& segment);
    void amend_payload(Segment& segment, std::vector<std::byte> end);
    void keep_frame(const Segment& from, std::span<const std::byte> frame, std::size_t written);

    BlockPool* pool_;
    std::deque<Segment> segments_; ///< the last one is open (its end is end_) where begin_ is not null
    std::byte* begin_ = nullptr;
    std::byte* end_ = nullptr;
    std::byte* limit_ = nullptr;
    std::uint64_t closed_ = 0; ///< bytes of all closed segments, ever
    std::uint64_t written_ = 0;
    struct Mark {
        std::uint64_t produced;
        Steady time;
    };
    std::deque<Mark> marks_;
};

template <class FrameBytes, class Keep, class Amend>
std::size_t Output::retain(FrameBytes frame_bytes, Keep keep, Amend amend)
{
    close_segment();
    const std::uint64_t before = closed_;
    std::deque<Segment> old = std::exchange(segments_, {});
    closed_ = written_;             // counted anew, from the start of the frame that is partly written
    bool kept = true;               // the frame to which a payload segment belongs
    Amendment* amendment = nullptr; // of that frame
    for (std::size_t i = 0; i < old.size(); ++i) {
        Segment& segment = old[i];
        if (segment.payload) {
            const bool last = i + 1 == old.size() || !old[i + 1].payload;
            if (kept && last && amendment != nullptr) {
                amend_payload(segment, std::move(amendment->end));
            } else if (kept) {
                keep_payload(segment);
            }
            continue;
        }
        const std::span<const std::byte> all(segment.begin, segment.size);
        for (std::size_t at = 0; at < all.size();) {
            fetch_ahead(all, at);
            const std::size_t size = std::min(frame_bytes(all.subspan(at)), all.size() - at);
            const std::span<const std::byte> frame = all.subspan(at, size);
            at += size;
            amendment = nullptr;
            if (at <= segment.written) {
                kept = true; // written; a payload of it may still wait
                continue;
            }
            const std::size_t partly = at - size < segment.written ? segment.written - (at - size) : 0;
            kept = partly > 0 || keep(frame);
            amendment = kept && partly == 0 ? amend(frame) : nullptr;
            if (amendment != nullptr) {
                append(amendment->head);
            } else if (kept) {
                keep_frame(segment, frame, partly);
            }
        }
        release(segment);
    }
    marks_.clear();
    return static_cast<std::size_t>(before - produced());
}

template <class FrameBytes>
void Output::take_frame(Output& other, FrameBytes frame_bytes)
{
    std::array<std::span<const std::byte>, 1> first;
    (void)other.gather(first);
    const std::span<const std::byte> frame = first[0].first(std::min(frame_bytes(first[0]), first[0].size()));
    append(frame);
    other.consume(frame.size());
    while (!other.segments_.empty() && other.segments_.front().payload) {
        Segment& payload = other.segments_.front();
        share({payload.begin, payload.size}, payload.owner);
        other.consume(payload.size);
    }
}

template <class FrameBytes, class See>
void Output::walk(FrameBytes frame_bytes, See see) const
{
    for (const Segment& segment : segments_) {
        const bool open = begin_ != nullptr && segment.begin == begin_;
        const std::size_t end = open ? static_cast<std::size_t>(end_ - begin_) : segment.size;
        const std::span<const std::byte> all(segment.begin, segment.payload ? 0 : end);
        for (std::size_t at = 0; at < all.size();) {
            fetch_ahead(all, at);
            const std::size_t size = std::min(frame_bytes(all.subspan(at)), all.size() - at);
            if (at >= segment.written) {
                see(all.subspan(at, size));
            }
            at += size;
        }
    }
}

} // namespace iochron::base
