package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Get and Set QoS Allocated BW, 5406h and 5407h, and QoS BW Limit, 5408h and 5409h, to an MLD through a tunnel: which part of
 * the bandwidth a logical device has, and which it may not exceed, in units of 1/256. Request of Get:
 *
 * <pre>
 * 0    number of logical devices   1 first
 * </pre>
 *
 * Request of Set and all responses:
 *
 * <pre>
 * 0    number of logical devices   1 first   2- one byte each
 * </pre>
 */
public final class QosFractions {
    private QosFractions() {}

    /** Which of the two: what a logical device has, or may have at most. */
    public enum Of {
        ALLOCATED(Opcode.GET_QOS_ALLOCATED, Opcode.SET_QOS_ALLOCATED),
        LIMIT(Opcode.GET_QOS_LIMIT, Opcode.SET_QOS_LIMIT);

        private final Opcode get;
        private final Opcode set;

        Of(Opcode get, Opcode set) {
            this.get = get;
            this.set = set;
        }
    }

    public record Get(Of of, int count, int first) implements FmRequest<Fractions> {
        public Get {
            Objects.requireNonNull(of);
            Field.byteValue("number of logical devices", count);
            Field.byteValue("first logical device", first);
        }

        static Get readAllocated(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Get(Of.ALLOCATED, in.u8("number of logical devices"), in.u8("first logical device"));
        }

        static Get readLimit(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Get(Of.LIMIT, in.u8("number of logical devices"), in.u8("first logical device"));
        }

        @Override
        public Opcode opcode() {
            return of.get;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(count).u8(first);
        }

        @Override
        public Fractions readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Fractions.read(in).within(count, first);
        }
    }

    public record Set(Of of, Fractions fractions) implements FmRequest<Fractions> {
        public Set {
            Objects.requireNonNull(of);
            Objects.requireNonNull(fractions);
        }

        static Set readAllocated(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(Of.ALLOCATED, Fractions.read(in));
        }

        static Set readLimit(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(Of.LIMIT, Fractions.read(in));
        }

        @Override
        public Opcode opcode() {
            return of.set;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            fractions.write(out, dialect);
        }

        @Override
        public Fractions readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Fractions.read(in).within(fractions.each().length(), fractions.first());
        }
    }

    /** @param each one byte for each logical device from {@code first} on; 255 is everything */
    public record Fractions(int first, Octets each) implements FmResponse {
        public Fractions {
            Field.byteValue("first logical device", first);
            Field.atMost("logical devices", each.length(), CxlLimits.MOST_LDS);
        }

        static Fractions read(PayloadReader in) throws MalformedException {
            int count = in.u8("number of logical devices");
            return new Fractions(in.u8("first logical device"), in.bytes(count, "fractions"));
        }

        Fractions within(int asked, int firstAsked) throws MalformedException {
            if (each.length() > asked) {
                throw new MalformedException(
                        CciFault.COUNT, each.length() + " fractions where " + asked + " were asked for");
            }
            if (first != firstAsked) {
                throw new MalformedException(
                        CciFault.CONTRADICTION, "fractions from " + first + " where " + firstAsked + " was asked for");
            }
            return this;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(each.length()).u8(first).bytes(each);
        }
    }
}
