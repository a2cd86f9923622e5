package org.rackweave.hal.cxl;

import java.util.Locale;
import org.rackweave.hal.mctp.Octets;

/** Header and payload as bytes, in either dialect. The layout is that of the package. */
public final class CciCodec {
    private CciCodec() {}

    /** All bytes of a message. */
    public static Octets encode(Dialect dialect, CciMessage message) {
        int category = message.category() == CciMessage.Category.RESPONSE ? 1 : 0;
        int background = message.background() == CciMessage.Background.STARTED ? 1 : 0;
        int length = message.payload().length();
        return new PayloadWriter(CxlLimits.HEADER_BYTES + length)
                .u8(dialect == Dialect.JRL ? category << 4 : category)
                .u8(message.tag())
                .u8(0)
                .u16(message.opcode())
                .u16(length & 0xFFFF)
                .u8(dialect == Dialect.JRL ? length >> 16 << 3 | background : length >> 16 | background << 7)
                .u16(message.returnCode().number())
                .u16(message.vendorStatus())
                .bytes(message.payload())
                .written();
    }

    /** A message that ends where the bytes end. */
    public static Decoded<CciMessage> decode(Dialect dialect, Octets bytes) {
        try {
            return new Decoded.Accepted<>(read(dialect, bytes));
        } catch (MalformedException malformed) {
            return new Decoded.Refused<>(malformed.fault(), malformed.detail());
        }
    }

    /**
     * A message that came in packets: it ends where its header says, within the last packet, and zeros fill that. In the dialect {@code
     * jrl} anything may: that peer leaves in a packet what an earlier answer had there.
     *
     * @param unpadded the bytes behind which the padding is cut into packets: those before the message, such as its type byte
     * @param packetBytes what a packet carries
     */
    public static Decoded<CciMessage> decodePadded(Dialect dialect, Octets bytes, int unpadded, int packetBytes) {
        try {
            int whole = CxlLimits.HEADER_BYTES + lengthIn(dialect, bytes);
            if (bytes.length() >= whole) {
                int packets = (unpadded + whole + packetBytes - 1) / packetBytes;
                if (unpadded + bytes.length() > packets * packetBytes) {
                    throw new MalformedException(CciFault.EXTRA_BYTES, "whole packets after the message's end");
                }
                if (dialect == Dialect.CXL3 && !bytes.zeroFrom(whole)) {
                    throw new MalformedException(CciFault.EXTRA_BYTES, "the padding is not zero");
                }
                return new Decoded.Accepted<>(read(dialect, bytes.slice(0, whole)));
            }
            return new Decoded.Accepted<>(read(dialect, bytes));
        } catch (MalformedException malformed) {
            return new Decoded.Refused<>(malformed.fault(), malformed.detail());
        }
    }

    static CciMessage read(Dialect dialect, Octets bytes) throws MalformedException {
        int length = lengthIn(dialect, bytes);
        PayloadReader in = new PayloadReader(bytes);
        CciMessage.Category category = category(dialect, in.u8("category"));
        int tag = in.u8("tag");
        in.skip(1);
        int opcode = in.u16("opcode");
        in.skip(2);
        int lastBits = in.u8("length and background");
        int backgroundBit = dialect == Dialect.JRL ? lastBits & 0x01 : lastBits >> 7;
        ReturnCode code = new ReturnCode(in.u16("return code"));
        int vendorStatus = in.u16("vendor status");
        Octets payload = in.bytes(length, "payload");
        in.atEnd();
        CciMessage.Background background =
                backgroundBit == 1 ? CciMessage.Background.STARTED : CciMessage.Background.NONE;
        return new CciMessage(category, tag, opcode, background, code, vendorStatus, payload);
    }

    private static int lengthIn(Dialect dialect, Octets bytes) throws MalformedException {
        PayloadReader in = new PayloadReader(bytes);
        if (in.left() < CxlLimits.HEADER_BYTES) {
            throw new MalformedException(CciFault.TRUNCATED, "a header of " + in.left() + " bytes");
        }
        in.skip(5);
        int low = in.u16("length");
        int lastBits = in.u8("length");
        int high = dialect == Dialect.JRL ? lastBits >> 3 : lastBits & 0x1F;
        int length = high << 16 | low;
        if (length > CxlLimits.MOST_PAYLOAD_BYTES) {
            throw new MalformedException(CciFault.COUNT, "a payload of " + length + " bytes");
        }
        return length;
    }

    private static CciMessage.Category category(Dialect dialect, int first) throws MalformedException {
        int one = dialect == Dialect.JRL ? 0x10 : 0x01;
        if (first == 0) {
            return CciMessage.Category.REQUEST;
        }
        if (first == one) {
            return CciMessage.Category.RESPONSE;
        }
        throw new MalformedException(
                CciFault.CATEGORY,
                String.format(Locale.ROOT, "first byte 0x%02x in the dialect %s", first, dialect.word()));
    }
}
