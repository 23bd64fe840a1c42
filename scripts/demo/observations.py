"""The clinic's records, made here: FHIR R4 Observations of patients who do not exist, one a line. Names and hospital numbers
are canaries that must never leave the clinic."""

import json
import pathlib

PATIENTS = [("Lindqvist Astrid", "MRN-530917-1"), ("Moreau Camille", "MRN-610204-2"), ("Papadopoulos Eleni", "MRN-720311-3"),
            ("Kowalczyk Zofia", "MRN-811130-4"), ("Bergmann Leonie", "MRN-900625-5"), ("Ferreira Beatriz", "MRN-990808-6")]
DOCTOR = "Vandenberghe Joris"
SECRETS = [text for patient in PATIENTS for text in patient] + [DOCTOR]
ROUNDS = 12


def observation(n, patient):
    name, number = PATIENTS[patient]
    glucose = round(4.6 + (n * 7 + patient * 3) % 40 / 10, 1)
    at = f"2026-{1 + n % 9:02d}-{1 + (n * 5 + patient) % 28:02d}"
    return {
        "resourceType": "Observation",
        "id": f"glucose-{number}-{n}",
        "text": {"status": "generated", "div": f"<div xmlns=\"http://www.w3.org/1999/xhtml\">{name}: {glucose} mmol/l</div>"},
        "identifier": [{"system": "https://clinic.eu.example/observations", "value": f"{number}/{n}"}],
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8", "display": "Glucose [Moles/volume] in Blood"}]},
        "subject": {"reference": f"Patient/{number}", "display": name},
        "effectiveDateTime": f"{at}T08:{(n * 13 + patient) % 60:02d}:00+01:00",
        "issued": f"{at}T10:00:00.000+01:00",
        "performer": [{"reference": "Practitioner/77", "display": DOCTOR}],
        "valueQuantity": {"value": glucose, "unit": "mmol/l", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
        "note": [{"text": f"{name} came fasting"}],
    }


def write(folder):
    """Writes the records; answers how many."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [observation(n, patient) for n in range(ROUNDS) for patient in range(len(PATIENTS))]
    with open(folder / "observations.ndjson", "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return len(rows)
