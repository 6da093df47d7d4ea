#include "reactor/tcp.h"

#include <utility>

namespace iochron::reactor {

TcpStreams::TcpStreams(Shard& shard, TcpSettings settings) : shard_(shard), settings_(std::move(settings)) {}

TcpStreams::~TcpStreams()
{
    close_all("shutting down");
    for (const auto& stream : streams_) {
        stream->close_connection();
    }
}

void TcpStreams::close_all(std::string_view why)
{
    each([&](TcpStream& stream) { stream.close(why); });
}

bool TcpStreams::adopt(int descriptor, base::Endpoint peer, MakeConnection& make)
{
    streams_.push_back(std::make_unique<TcpStream>(*this, descriptor, peer));
    TcpStream& stream = *streams_.back();
    stream.place_ = streams_.size() - 1;
    std::unique_ptr<base::Connection> connection = make(stream);
    if (!connection) {
        remove(stream);
        return false;
    }
    stream.start(std::move(connection));
    return true;
}

void TcpStreams::remove(TcpStream& stream)
{
    const std::size_t place = stream.place_;
    std::swap(streams_[place], streams_.back());
    streams_[place]->place_ = place;
    streams_.pop_back();
}

} // namespace iochron::reactor
