package org.rackweave.hal.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a controller says of itself (Identify, CNS 01h).
 *
 * <pre>
 * 23:4     serial number, ASCII      63:24   model, ASCII        71:64  firmware, ASCII
 * 76       CMIC: bit 1 the drive has other controllers
 * 79:78    its own number (CNTLID)
 * 257:256  OACS: bit 1 Format NVM, bit 3 namespaces are made and attached
 * 331:328  SANICAP: bit 0 crypto erase, bit 1 block erase, bit 2 overwrite
 * </pre>
 *
 * @param isAlone whether it says that it is the drive's only controller
 * @param canFormat whether it knows Format NVM
 * @param canDetach whether namespaces can be there that it neither reads nor writes
 * @param sanitizeCapabilities SANICAP
 */
record ControllerIdentity(
        String serial,
        String model,
        String firmware,
        boolean isAlone,
        boolean canFormat,
        boolean canDetach,
        int sanitizeCapabilities) {
    static ControllerIdentity parse(byte[] answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        int admin = bytes.getShort(256);
        return new ControllerIdentity(
                text(answer, 4, 24),
                text(answer, 24, 64),
                text(answer, 64, 72),
                (bytes.get(76) & (1 << 1)) == 0,
                (admin & (1 << 1)) != 0,
                (admin & (1 << 3)) != 0,
                bytes.getInt(328));
    }

    private static String text(byte[] answer, int from, int to) {
        // Whatever else stands there does not get into what is said to people.
        return new String(answer, from, to - from, StandardCharsets.US_ASCII)
                .replaceAll("[^ -~]", " ")
                .strip();
    }
}
