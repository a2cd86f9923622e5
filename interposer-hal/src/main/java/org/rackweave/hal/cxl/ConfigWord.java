package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.cxl.PpbConfig.Access;

/** Which double word of a configuration space, and which way: the three bytes that {@link PpbConfig} and {@link LdConfig} share. */
record ConfigWord(int register, int byteEnables, Access access) {
    private static final long WRITE_BIT = 1L << 23;

    ConfigWord {
        isOne(register, byteEnables, access);
    }

    static void isOne(int register, int byteEnables, Access access) {
        Field.inRange("register", register, 0xFFF);
        Field.inRange("byte enables", byteEnables, 0x0F);
        Objects.requireNonNull(access);
    }

    static ConfigWord read(PayloadReader in) throws MalformedException {
        long low = in.u16("register");
        long bits = low | (long) in.u8("access") << 16;
        return new ConfigWord(
                (int) (bits & 0xFFF), (int) (bits >> 12 & 0x0F), (bits & WRITE_BIT) == 0 ? Access.READ : Access.WRITE);
    }

    void write(PayloadWriter out) {
        long bits = register | (long) byteEnables << 12 | (access == Access.WRITE ? WRITE_BIT : 0);
        out.u16((int) (bits & 0xFFFF)).u8((int) (bits >> 16));
    }
}
