package org.rackweave.hal.cxl;

import java.util.Optional;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.Octets;

/** The component's side of the interface: reads a request, has it handled, makes the answer. */
public final class FmResponder {
    private final Dialect dialect;
    private final int endpoint;

    /** @param endpoint the component's own endpoint id, 0 to 255 */
    public FmResponder(Dialect dialect, int endpoint) {
        Field.byteValue("endpoint", endpoint);
        this.dialect = dialect;
        this.endpoint = endpoint;
    }

    /** The answer to a message; none when it is no request whose header can be read, or when the handler says nothing. */
    public Optional<MctpMessage> answer(MctpMessage carrier, FmHandler handler) {
        if (carrier.role() != MctpMessage.Role.REQUEST
                || (carrier.type() != MctpMessage.TYPE_FM_API && carrier.type() != MctpMessage.TYPE_CCI)) {
            return Optional.empty();
        }
        return CciCodec.decodePadded(dialect, carrier.body(), 1, MctpLimits.BODY_BYTES)
                .<Optional<CciMessage>>fold(
                        message -> answer(dialect, message, handler), (fault, detail) -> Optional.empty())
                .map(message -> carrier.answeredBy(endpoint, CciCodec.encode(dialect, message)));
    }

    /** The same for a message that came another way, such as through a tunnel. */
    public static Optional<CciMessage> answer(Dialect dialect, CciMessage message, FmHandler handler) {
        if (message.category() != CciMessage.Category.REQUEST) {
            return Optional.empty();
        }
        return FmCodec.readRequest(dialect, message)
                .<Optional<Handled>>fold(handler::handle, (fault, detail) -> Optional.of(Handled.as(codeOf(fault))))
                .map(handled -> answered(dialect, message, handled));
    }

    /** The answer to a tunnel: that of whoever it leads to, or its failure when that one says nothing. */
    public static Handled answerThrough(Dialect dialect, Tunnel.Request tunnel, FmHandler handler) {
        return Handled.with(new Tunnel.Response(answer(dialect, tunnel.message(), handler)
                .orElseGet(() -> tunnel.message().answer(ReturnCode.INTERNAL_ERROR, Octets.NONE))));
    }

    private static CciMessage answered(Dialect dialect, CciMessage message, Handled handled) {
        Octets payload = handled.response()
                .map(response -> FmCodec.payload(dialect, response))
                .orElse(Octets.NONE);
        return payload.length() > CxlLimits.MOST_PAYLOAD_BYTES
                ? message.answer(ReturnCode.INVALID_INPUT, Octets.NONE)
                : message.answer(handled.code(), payload);
    }

    private static ReturnCode codeOf(CciFault fault) {
        return switch (fault) {
            case OPCODE -> ReturnCode.UNSUPPORTED;
            case TRUNCATED, EXTRA_BYTES -> ReturnCode.INVALID_PAYLOAD_LENGTH;
            case CATEGORY, TAG, MESSAGE_TYPE, COUNT, VALUE, CONTRADICTION -> ReturnCode.INVALID_INPUT;
        };
    }
}
