package org.rackweave.hal.cxl;

import java.util.Objects;

/**
 * Get and Set QoS Control, 5403h and 5404h, to an MLD through a tunnel. Request of Get: nothing. Request of Set and both
 * responses:
 *
 * <pre>
 * 0    bit 0 egress congestion, bit 1 temporary throughput reduction   1 moderate, 2 severe egress port congestion, percent
 * 3    backpressure sample interval   4-5 request completion basis   6 completion collection interval
 * </pre>
 */
public final class QosControl {
    private QosControl() {}

    public record Get() implements FmRequest<Settings> {
        static Get read(PayloadReader in, Dialect dialect) {
            return new Get();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_QOS_CONTROL;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Settings readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Settings.read(in);
        }
    }

    public record Set(Settings settings) implements FmRequest<Settings> {
        public Set {
            Objects.requireNonNull(settings);
        }

        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(Settings.read(in));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_QOS_CONTROL;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            settings.write(out, dialect);
        }

        @Override
        public Settings readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Settings.read(in);
        }
    }

    /** All as on the wire: 0 to 255, the completion basis 0 to 65535. */
    public record Settings(
            int control,
            int moderatePercent,
            int severePercent,
            int backpressureInterval,
            int completionBasis,
            int completionInterval)
            implements FmResponse {
        public Settings {
            Field.byteValue("control", control);
            Field.byteValue("moderate percentage", moderatePercent);
            Field.byteValue("severe percentage", severePercent);
            Field.byteValue("backpressure interval", backpressureInterval);
            Field.wordValue("completion basis", completionBasis);
            Field.byteValue("completion interval", completionInterval);
        }

        static Settings read(PayloadReader in) throws MalformedException {
            return new Settings(
                    in.u8("control"),
                    in.u8("moderate percentage"),
                    in.u8("severe percentage"),
                    in.u8("backpressure interval"),
                    in.u16("completion basis"),
                    in.u8("completion interval"));
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(control).u8(moderatePercent).u8(severePercent).u8(backpressureInterval);
            out.u16(completionBasis).u8(completionInterval);
        }
    }
}
