#include "server/pva/first_frame.h"

namespace iochron::server::pva {
namespace {

std::string_view message_of(const pv::Sample& sample)
{
    return sample.message != nullptr ? std::string_view(*sample.message) : std::string_view{};
}

} // namespace

std::span<const std::byte> FirstFrame::find(const Group& group, const pv::Sample& sample) const
{
    const bool same = !bytes_.empty() && stream_ == group.stream && selection_ == group.count &&
                      sample_.meta == sample.meta && sample_.value == sample.value && sample_.time == sample.time &&
                      sample_.alarm == sample.alarm && sample_.user_tag == sample.user_tag &&
                      message_ == message_of(sample);
    return same ? std::span<const std::byte>(bytes_) : std::span<const std::byte>{};
}

void FirstFrame::keep(const Group& group, const pv::Sample& sample, std::span<const std::byte> frame)
{
    stream_ = group.stream;
    selection_ = group.count;
    sample_ = sample;
    sample_.message = nullptr;
    message_ = message_of(sample);
    bytes_.assign(frame.begin(), frame.end());
}

} // namespace iochron::server::pva
