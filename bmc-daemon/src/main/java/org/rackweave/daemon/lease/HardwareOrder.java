package org.rackweave.daemon.lease;

import java.util.Objects;

/** What the owner tells the hardware to do with one slice. */
public sealed interface HardwareOrder {
    /** The field's word for it, for logs and the audit trail. */
    String word();

    /** Load one of its configurations, before a host can reach it. */
    record Load(String configuration) implements HardwareOrder {
        public Load {
            Objects.requireNonNull(configuration);
        }

        @Override
        public String word() {
            return "load";
        }
    }

    /** Route it to a host. */
    record Bind(String hostPort) implements HardwareOrder {
        public Bind {
            Objects.requireNonNull(hostPort);
        }

        @Override
        public String word() {
            return "bind";
        }
    }

    /** Take it from its host. */
    record Unbind() implements HardwareOrder {
        @Override
        public String word() {
            return "unbind";
        }
    }

    /** Read where it is routed. */
    record ReadRoute() implements HardwareOrder {
        @Override
        public String word() {
            return "read route";
        }
    }

    /** Wipe it and read back that it is wiped. */
    record Sanitise() implements HardwareOrder {
        @Override
        public String word() {
            return "sanitise";
        }
    }
}
