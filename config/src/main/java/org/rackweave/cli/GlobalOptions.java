package org.rackweave.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command takes, before or after its name. */
final class GlobalOptions {
    static final Path DEFAULT_CONFIGURATION = Path.of("/etc/rackweave/rackweave.yaml");
    static final Path DEFAULT_IDENTITY = Path.of("/etc/rackweave/operator");
    static final String CONFIGURATION_VARIABLE = "RACKWEAVE_CONFIG";
    static final String IDENTITY_VARIABLE = "RACKWEAVE_IDENTITY";

    @Option(
            names = "--node",
            scope = ScopeType.INHERIT,
            paramLabel = "NODE",
            description = "Ask this daemon and not this machine's: HOST:PORT, or a node's name or id.")
    private Optional<String> node = Optional.empty();

    @Option(
            names = "--identity",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            description = "The key and certificate to show (/etc/rackweave/operator).")
    private Optional<Path> identity = Optional.empty();

    @Option(
            names = "--config",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "The configuration of this machine's daemon (/etc/rackweave/rackweave.yaml).")
    private Optional<Path> configuration = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORM",
            description = "table, json, yaml, or name: one identifier a line (table).")
    private OutputFormat output = OutputFormat.TABLE;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "TIME",
            description = "How long an answer may take (10s to look, 60s to order), or --wait waits (5m).")
    private Optional<Millis> timeout = Optional.empty();

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            description = "Do not ask before something is taken away.")
    private boolean yes;

    Optional<String> node() {
        return node;
    }

    Optional<Path> configuration() {
        return configuration;
    }

    Optional<Path> identity() {
        return identity;
    }

    OutputFormat output() {
        return output;
    }

    Optional<Long> timeoutMillis() {
        return timeout.map(Millis::value);
    }

    boolean isYes() {
        return yes;
    }
}
