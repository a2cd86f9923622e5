package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * A message of the component command interface: the header's fields and the payload. The layout is that of the package.
 *
 * @param tag 0 to 255; an answer carries its request's
 * @param opcode 0 to 65535
 * @param background whether the header says that an operation goes on in the background; some peers say it by return code alone
 * @param returnCode success in a request
 * @param vendorStatus the vendor's extended status, 0 to 65535
 */
public record CciMessage(
        Category category,
        int tag,
        int opcode,
        Background background,
        ReturnCode returnCode,
        int vendorStatus,
        Octets payload) {
    /** Which way a message goes. */
    public enum Category {
        REQUEST,
        RESPONSE
    }

    /** The background bit. */
    public enum Background {
        NONE,
        STARTED
    }

    public CciMessage {
        Objects.requireNonNull(category);
        Field.byteValue("tag", tag);
        Field.wordValue("opcode", opcode);
        Objects.requireNonNull(background);
        Objects.requireNonNull(returnCode);
        Field.wordValue("vendor status", vendorStatus);
        Field.atMost("payload bytes", payload.length(), CxlLimits.MOST_PAYLOAD_BYTES);
    }

    /** A request. */
    public static CciMessage request(int tag, int opcode, Octets payload) {
        return new CciMessage(Category.REQUEST, tag, opcode, Background.NONE, ReturnCode.SUCCESS, 0, payload);
    }

    /** The answer to this request. */
    public CciMessage answer(ReturnCode code, Octets answerPayload) {
        return new CciMessage(Category.RESPONSE, tag, opcode, Background.NONE, code, 0, answerPayload);
    }
}
