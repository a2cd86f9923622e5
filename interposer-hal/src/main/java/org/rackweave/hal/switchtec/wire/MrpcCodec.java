package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Commands and answers as bytes, for both ends.
 *
 * <pre>
 * command   0 word u32 (15:0 id, 31:18 PAX id)   4 data, at most 1024 bytes
 * answer    data, at most 1024 bytes; the return code in front of it is the link's
 * </pre>
 */
public final class MrpcCodec {
    /** The longest command: its word and its data. */
    public static final int MAX_COMMAND_BYTES = Integer.BYTES + Limits.MAX_DATA_BYTES;

    /** The longest answer, without its return code. */
    public static final int MAX_ANSWER_BYTES = Limits.MAX_DATA_BYTES;

    private static final int ID_MASK = 0xFFFF;

    private MrpcCodec() {}

    /** A command as it came, and for whom. */
    public record Request(PaxId pax, MrpcCommand<?> command) {}

    /** The command word and its data. */
    public static byte[] encode(PaxId pax, MrpcCommand<?> command) {
        ByteBuffer out = ByteBuffer.allocate(MAX_COMMAND_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(command.kind().id() | pax.value() << PaxId.SHIFT);
        RequestLayouts.write(command, out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** @param bytes the command word and its data */
    public static Decoded<Request> decodeRequest(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            if (bytes.length > MAX_COMMAND_BYTES) {
                throw new MalformedBytesException(Problem.COUNT_BEYOND_LIMIT, bytes.length + " bytes");
            }
            int word = in.word("command word");
            MrpcKind kind = kind(word & ID_MASK, in);
            MrpcCommand<?> command = RequestLayouts.read(kind, in);
            in.end();
            return new Decoded.Accepted<>(new Request(PaxId.ofWord(word), command));
        } catch (MalformedBytesException malformed) {
            return malformed.rejected();
        }
    }

    /**
     * The data of an answer. A switch hands out its whole buffer: who asks for less gets the beginning, who asks for more gets zeros
     * behind it.
     *
     * @param bytes how many were asked for, 0 to {@value #MAX_ANSWER_BYTES}
     */
    public static byte[] encode(MrpcCommand<?> command, MrpcAnswer answer, int bytes) {
        Limits.check(bytes, 0, MAX_ANSWER_BYTES, "bytes asked for");
        if (!command.answerType().isInstance(answer)) {
            throw new IllegalArgumentException(answer + " is no answer to " + command);
        }
        ByteBuffer out = ByteBuffer.allocate(MAX_ANSWER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        AnswerLayouts.write(command, answer, out);
        return Arrays.copyOf(out.array(), bytes);
    }

    /** Reads the answer to a command; it has exactly {@link MrpcCommand#answerBytes} bytes. */
    public static <A extends MrpcAnswer> Decoded<A> decodeAnswer(MrpcCommand<A> command, byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            MrpcAnswer answer = AnswerLayouts.read(command, in);
            in.end();
            return new Decoded.Accepted<>(command.answerType().cast(answer));
        } catch (MalformedBytesException malformed) {
            return malformed.rejected();
        }
    }

    private static MrpcKind kind(int id, FieldReader in) throws MalformedBytesException {
        if (!MrpcKind.isKnown(id)) {
            throw new MalformedBytesException(Problem.UNKNOWN_COMMAND, "command 0x" + Integer.toHexString(id));
        }
        int first = MrpcKind.hasSubcommands(id) ? in.ahead(1, "first byte").u8("first byte") : 0;
        return MrpcKind.of(id, first)
                .orElseThrow(() -> new MalformedBytesException(
                        Problem.UNKNOWN_SUBCOMMAND, "command 0x" + Integer.toHexString(id) + ", subcommand " + first));
    }
}
