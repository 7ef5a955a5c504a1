"""Other languages than Mandarin, by espeak-ng: what an agent may speak and no phrase is in."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "build" / "languages"
VOICES: Final = ("m3", "f2", "m7", "f4", "croak")
TEXTS: Final = {
    "en-us": "Thank you for calling customer service, how may I help you today? Your balance is"
    " twenty five dollars and the bill will be sent next week. Please hold the line while I check"
    " the account for you.",
    "de": "Guten Tag, wie kann ich Ihnen helfen? Ihre Rechnung wird nächste Woche verschickt. Bitte"
    " bleiben Sie in der Leitung, während ich Ihr Konto prüfe.",
    "fr-fr": "Bonjour, comment puis-je vous aider aujourd'hui ? Votre facture sera envoyée la"
    " semaine prochaine. Veuillez patienter pendant que je vérifie votre compte.",
    "es": "Buenos días, ¿en qué puedo ayudarle hoy? Su factura será enviada la próxima semana. Por"
    " favor espere mientras reviso su cuenta.",
    "ru": "Добрый день, чем я могу вам помочь? Ваш счёт будет отправлен на следующей неделе."
    " Пожалуйста, подождите, пока я проверю ваш счёт.",
    "vi": "Xin chào, tôi có thể giúp gì cho bạn hôm nay? Hóa đơn của bạn sẽ được gửi vào tuần tới."
    " Xin vui lòng chờ trong khi tôi kiểm tra tài khoản.",
    "id": "Selamat pagi, ada yang bisa saya bantu hari ini? Tagihan anda akan dikirim minggu depan."
    " Mohon tunggu sebentar sementara saya memeriksa akun anda.",
    "ko": "안녕하세요, 무엇을 도와 드릴까요? 청구서는 다음 주에 발송됩니다. 잠시만 기다려 주세요.",
    "ja": "こんにちは、ごようけんをおうかがいします。せいきゅうしょはらいしゅうおくられます。"
    "しょうしょうおまちください。",
}


def spoken() -> Iterator[tuple[str, Path]]:
    """Speak every text by every voice, once; give language and file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language, text in TEXTS.items():
        for voice in VOICES:
            path = FOLDER / f"{language}+{voice}.wav"
            if not path.exists():
                command = ["espeak-ng", "-v", f"{language}+{voice}", "-s", "165", "-w", str(path)]
                subprocess.run([*command, text], check=True, capture_output=True)
            yield language, path
