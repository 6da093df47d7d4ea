// Images of one kind, NTNDArray, posted at a rate: each has a number of its own, and that number in every byte. They
// are not copied on their way to the sockets, however many clients there are.
//
//     images 2048 2048 10        # IMAGE: 4 MiB, 10 times a second
#include "ioc/shared_pv_server.h"
#include "pv/buffer.h"
#include "pv/normative.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stop_token>
#include <thread>
#include <vector>

namespace {

using namespace iochron;

pv::Structure first_image(std::int32_t width, std::int32_t height)
{
    pv::Structure image(pv::nt_ndarray());
    const pv::TypeRef dimension = image.type()->fields()[*image.type()->find("dimension")].type->element();
    std::vector<pv::Value> dimensions;
    for (const std::int32_t size : {width, height}) {
        pv::Structure one(dimension);
        one.set("size", size);
        one.set("fullSize", size);
        one.set("binning", 1);
        dimensions.push_back(pv::Value::of(std::move(one)));
    }
    image.set("dimension", pv::Value::compounds(std::move(dimensions)));
    return image;
}

pv::Structure numbered(std::int32_t number, std::size_t bytes, pv::BufferPool& buffers)
{
    constexpr std::int64_t second = 1'000'000'000;
    pv::BufferRef pixels = buffers.take(bytes);
    std::memset(pixels->fill(), number, bytes);
    const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
    pv::Structure image(pv::nt_ndarray());
    image.set("value", pv::Value::array(pv::ScalarType::uint8, std::move(pixels), bytes));
    image.set("uncompressedSize", static_cast<std::int64_t>(bytes));
    image.set("uniqueId", number);
    image.set("timeStamp.secondsPastEpoch", now / second);
    image.set("timeStamp.nanoseconds", static_cast<std::int32_t>(now % second));
    return image;
}

} // namespace

int main(int argc, char** argv)
{
    std::array<int, 3> given = {2048, 2048, 10}; // width, height, images a second
    for (int i = 1; i < argc && i <= 3; ++i) {
        given[static_cast<std::size_t>(i - 1)] = std::max(std::atoi(argv[i]), 1);
    }
    const auto [width, height, rate] = given;
    const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);

    SharedPvServer server;
    const SharedPvServer::Pv pv = server.add("IMAGE", first_image(width, height));
    server.start();
    fmt::print("ready\n");
    std::fflush(stdout);
    const std::jthread posting([&](const std::stop_token& stop) {
        pv::BufferPool buffers(16); // each is filled again when nobody reads it any more
        auto next = std::chrono::steady_clock::now();
        for (int n = 1; !stop.stop_requested(); ++n) {
            server.post_waiting(pv, pv::Value::of(numbered(n, bytes, buffers)));
            next += std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
            std::this_thread::sleep_until(next);
        }
    });
    server.run();
}
