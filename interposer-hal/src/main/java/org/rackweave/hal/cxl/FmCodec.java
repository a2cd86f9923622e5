package org.rackweave.hal.cxl;

import java.util.Locale;
import org.rackweave.hal.mctp.Octets;

/** Requests and responses as messages, for the client and for a switch alike. */
public final class FmCodec {
    private FmCodec() {}

    /** The message of a request. */
    public static CciMessage request(Dialect dialect, int tag, FmRequest<?> request) {
        PayloadWriter out = new PayloadWriter();
        request.write(out, dialect);
        return CciMessage.request(tag, request.opcode().number(), out.written());
    }

    /** The payload of a response. */
    public static Octets payload(Dialect dialect, FmResponse response) {
        PayloadWriter out = new PayloadWriter();
        response.write(out, dialect);
        return out.written();
    }

    /** What was asked. */
    public static Decoded<FmRequest<?>> readRequest(Dialect dialect, CciMessage message) {
        try {
            if (message.category() != CciMessage.Category.REQUEST) {
                throw new MalformedException(CciFault.CATEGORY, "an answer where a request was due");
            }
            Opcode opcode = Opcode.of(message.opcode())
                    .orElseThrow(() -> new MalformedException(
                            CciFault.OPCODE,
                            String.format(Locale.ROOT, "opcode 0x%04x is not known", message.opcode())));
            PayloadReader in = new PayloadReader(message.payload());
            FmRequest<?> request = opcode.readRequest(in, dialect);
            in.atEnd();
            return new Decoded.Accepted<>(request);
        } catch (MalformedException malformed) {
            return new Decoded.Refused<>(malformed.fault(), malformed.detail());
        }
    }

    /** What was answered to a request with this tag. The return code is not looked at: the caller asks for it first. */
    public static <R extends FmResponse> Decoded<R> readResponse(
            Dialect dialect, int tag, FmRequest<R> request, CciMessage message) {
        try {
            isAnswerTo(tag, request, message);
            PayloadReader in = new PayloadReader(message.payload());
            R response = request.readResponse(in, dialect);
            in.atEnd();
            return new Decoded.Accepted<>(response);
        } catch (MalformedException malformed) {
            return new Decoded.Refused<>(malformed.fault(), malformed.detail());
        }
    }

    static void isAnswerTo(int tag, FmRequest<?> request, CciMessage message) throws MalformedException {
        if (message.category() != CciMessage.Category.RESPONSE) {
            throw new MalformedException(CciFault.CATEGORY, "a request where an answer was due");
        }
        if (message.tag() != tag) {
            throw new MalformedException(CciFault.TAG, "tag " + message.tag() + " where " + tag + " was due");
        }
        if (message.opcode() != request.opcode().number()) {
            throw new MalformedException(
                    CciFault.OPCODE,
                    String.format(
                            Locale.ROOT,
                            "an answer to 0x%04x, not to 0x%04x",
                            message.opcode(),
                            request.opcode().number()));
        }
    }
}
