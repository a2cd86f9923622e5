package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * The secret value by which a host finds out that ports belong to one domain: Get Domain Validation SV State, 5104h, Set Domain
 * Validation SV, 5105h, Get VCS Domain Validation SV State, 5106h, Get Domain Validation SV, 5107h.
 *
 * <pre>
 * 5104 request: nothing            response: 0 state, 0 not set, 1 set
 * 5105 request: 0-15 value         response: nothing
 * 5106 request: 0 virtual switch   response: 0 state
 * 5107 request: 0 virtual switch   response: 0-15 value
 * </pre>
 */
public final class DomainValidation {
    private static final int VALUE_BYTES = 16;

    private DomainValidation() {}

    /** Whether there is a value. */
    public enum State implements Coded {
        NOT_SET(0),
        SET(1);

        private final int code;

        State(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    public record GetState() implements FmRequest<Known> {
        static GetState read(PayloadReader in, Dialect dialect) {
            return new GetState();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_DOMAIN_STATE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Known readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Known.read(in);
        }
    }

    public record Set(Octets value) implements FmRequest<NoPayload> {
        public Set {
            isValue(value);
        }

        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(in.bytes(VALUE_BYTES, "secret value"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_DOMAIN_VALUE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.bytes(value);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }

        /** A secret is not for logs. */
        @Override
        public String toString() {
            return "Set[value not shown]";
        }
    }

    public record GetStateOf(int virtualSwitch) implements FmRequest<Known> {
        public GetStateOf {
            Field.byteValue("virtual switch", virtualSwitch);
        }

        static GetStateOf read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new GetStateOf(in.u8("virtual switch"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_VCS_DOMAIN_STATE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(virtualSwitch);
        }

        @Override
        public Known readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Known.read(in);
        }
    }

    public record Get(int virtualSwitch) implements FmRequest<Value> {
        public Get {
            Field.byteValue("virtual switch", virtualSwitch);
        }

        static Get read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Get(in.u8("virtual switch"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_DOMAIN_VALUE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(virtualSwitch);
        }

        @Override
        public Value readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Value(in.bytes(VALUE_BYTES, "secret value"));
        }
    }

    public record Known(State state) implements FmResponse {
        public Known {
            Objects.requireNonNull(state);
        }

        static Known read(PayloadReader in) throws MalformedException {
            return new Known(Coded.of(State.values(), in.u8("state"), "state of the secret value"));
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(state.code());
        }
    }

    /** @param value 16 bytes */
    public record Value(Octets value) implements FmResponse {
        public Value {
            isValue(value);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.bytes(value);
        }

        /** A secret is not for logs. */
        @Override
        public String toString() {
            return "Value[not shown]";
        }
    }

    private static void isValue(Octets value) {
        Objects.requireNonNull(value);
        if (value.length() != VALUE_BYTES) {
            throw new IllegalArgumentException("a secret value of " + value.length() + " bytes, not " + VALUE_BYTES);
        }
    }
}
