package org.rackweave.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and the cores' freedom from everything that is not theirs. */
class ArrowsTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.rackweave");

    @Test
    void cryptoKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.crypto..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.protocol..",
                        "org.rackweave.hal..",
                        "org.rackweave.config..",
                        "org.rackweave.cli..",
                        "org.rackweave.daemon..",
                        "org.rackweave.sim..")
                .check(PRODUCT);
    }

    @Test
    void halAndProtocolDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.hal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.protocol..",
                        "org.rackweave.crypto..",
                        "org.rackweave.config..",
                        "org.rackweave.cli..",
                        "org.rackweave.daemon..")
                .because("the daemon translates between hardware and messages")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.hal..",
                        "org.rackweave.config..",
                        "org.rackweave.cli..",
                        "org.rackweave.daemon..")
                .check(PRODUCT);
    }

    @Test
    void theDaemonNamesNeitherTheCommandLineNorTheSimulator() {
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.daemon..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.rackweave.cli..", "org.rackweave.sim..")
                .because("a simulated interposer is found by its name in the configuration, and the BMC image has none")
                .check(PRODUCT);
    }

    @Test
    void configurationDoesNotKnowTheDaemon() {
        noClasses()
                .that()
                .resideInAnyPackage("org.rackweave.config..", "org.rackweave.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.rackweave.daemon..")
                .check(PRODUCT);
    }

    @Test
    void theCoresUseValuesAndNothingElse() {
        classes()
                .that()
                .resideInAnyPackage(
                        "org.rackweave.daemon.lease..",
                        "org.rackweave.daemon.matching..",
                        "org.rackweave.daemon.broker..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.daemon.lease..",
                        "org.rackweave.daemon.matching..",
                        "org.rackweave.daemon.broker..",
                        "org.rackweave.daemon",
                        "org.rackweave.protocol.message..",
                        "org.rackweave.crypto..",
                        "org.rackweave.config",
                        "org.jspecify.annotations..",
                        "java.lang..",
                        "java.util..")
                .because("a core is stepped with events and the time, in a daemon and in a simulated rack alike")
                .check(PRODUCT);
    }

    @Test
    void onlyTheConductorAndItsMakersStepTheCores() {
        noClasses()
                .that()
                .resideInAnyPackage("org.rackweave.daemon.ledger..", "org.rackweave.daemon.hardware..")
                .should()
                .dependOnClassesThat()
                .haveSimpleName("LeaseCore")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleName("LoanCore")
                .check(PRODUCT);
    }

    @Test
    void theAgentIsAProgramOfItsOwn() {
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.daemon.agent..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.daemon.conductor..",
                        "org.rackweave.daemon.lease..",
                        "org.rackweave.daemon.ledger..",
                        "org.rackweave.daemon.broker..")
                .because("it runs on another processor than the card, and knows of it what the protocol says")
                .check(PRODUCT);
    }
}
