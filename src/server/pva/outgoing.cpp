#include "server/pva/outgoing.h"

#include <memory>

namespace iochron::server::pva {

EncodedUpdate Outgoing::end()
{
    pieces_.clear();
    std::size_t lent = 0;
    for (const wire::pva::Loan& loan : loans_) {
        lent += loan.array.bytes().size();
    }
    wire::pva::end_message(bytes_, start_, byte_order, lent);
    if (loans_.empty()) [[likely]] {
        return {bytes_, {}, {}};
    }
    const std::size_t head = loans_.front().at;
    const std::span<const std::byte> all(bytes_);
    const auto tail =
        std::make_shared<const std::vector<std::byte>>(all.begin() + static_cast<std::ptrdiff_t>(head), all.end());
    for (std::size_t i = 0; i < loans_.size(); ++i) {
        const wire::pva::Loan& loan = loans_[i];
        const std::size_t until = i + 1 < loans_.size() ? loans_[i + 1].at : bytes_.size();
        pieces_.push_back({loan.array.bytes(), loan.array.elements_owner().shared()});
        if (until > loan.at) {
            pieces_.push_back({std::span(*tail).subspan(loan.at - head, until - loan.at), tail});
        }
    }
    loans_.clear();
    return {all.first(head), pieces_.front(), std::span(pieces_).subspan(1)};
}

void Outgoing::end(base::Output& output)
{
    const EncodedUpdate message = end();
    output.append(message.head);
    output.share(message.payload.bytes, message.payload.owner);
    for (const SharedPayload& piece : message.rest) {
        output.share(piece.bytes, piece.owner);
    }
    forget();
}

} // namespace iochron::server::pva
